import { randomUUID } from 'node:crypto'
import type { ServerHttp2Stream } from 'node:http2'
import type { Source } from '../../services/domain/catalogue.ts'
import { LcError } from '../../services/domain/errors.ts'
import { RareLog } from '../../services/platform/log.ts'
import { EnvoyEntries, logNameOf } from '../parse/envoy-als.ts'
import { decodeBody } from '../records/decode.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import type { GrpcDoorway } from './grpc.ts'
import { mayBegin, mayUse, namedSource, type Peer } from './grpc-admission.ts'
import { answerMessage, answerStatus, RETRY_SECONDS } from './grpc-answers.ts'
import { hurry } from './grpc-limits.ts'
import { GrpcMessages } from './grpc-messages.ts'
import { GRPC } from './otlp-answers.ts'

/** How long one message waits for a topic that takes nothing, and how often it is offered. */
const TRIES = 60
const TRY_MS = 1_000

/**
 * `envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs`. Envoy reads no answer and sends nothing again: each
 * message is an upload of its own (this process and a counter). It stands on the topic before the next is read, so a
 * slow topic holds Envoy back, which then drops entries by its own rules; what was under way when we die is lost.
 */
export class EnvoyDoor {
  readonly #door: GrpcDoorway
  readonly #process = randomUUID()
  readonly #waits = new RareLog(60_000)
  #counter = 0

  constructor(door: GrpcDoorway) {
    this.#door = door
  }

  async serve(stream: ServerHttp2Stream, peer: Peer): Promise<void> {
    const { collector, tokens, limits, budget, closing } = this.#door
    if (!mayBegin(collector.catalogue, peer, tokens())) {
      this.#door.refused()
      this.#door.answered(401)
      return answerStatus(stream, GRPC.unauthenticated, 'This stream carries no valid token.')
    }
    const close = (): void => void stream.close()
    closing.addEventListener('abort', close, { once: true })
    const messages = new GrpcMessages(stream, limits.bodyBytes, budget)
    try {
      await this.#read(stream, peer, messages)
    } finally {
      closing.removeEventListener('abort', close)
      messages.release()
    }
  }

  async #read(stream: ServerHttp2Stream, peer: Peer, messages: GrpcMessages): Promise<void> {
    const { tokens, clock, budget } = this.#door
    let id = ''
    for (;;) {
      const inTime = messages.begun || id === '' ? hurry(stream, clock) : () => {}
      const message = await messages.next().finally(inTime)
      if (message.kind === 'gone') return
      if (message.kind === 'end') return answerMessage(stream, Buffer.alloc(0))
      if (message.kind === 'too-large') return answerStatus(stream, GRPC.resourceExhausted, 'A message is too large.')
      if (message.kind === 'busy') return this.#busy(stream)
      try {
        const body = await this.#decoded(message.bytes, message.compressed, peer)
        if (id === '') id = this.#sourceOf(peer, body ?? message.bytes)
        // Asked for each message: the catalogue may have changed since.
        const source = this.#door.collector.catalogue.sources.get(id)
        if (source === undefined) return answerStatus(stream, GRPC.notFound, 'No source has this name.')
        if (!mayUse(source, peer, tokens())) {
          this.#door.refused()
          return answerStatus(stream, GRPC.unauthenticated, 'This stream carries no valid token of its source.')
        }
        await this.#turn(source, message.held)
        if (!(await this.#keep(source, body, stream))) return this.#busy(stream)
        this.#door.answered(200)
      } finally {
        budget.give(message.held)
      }
    }
  }

  /** Metadata first, then the log's name where a source is called so, then `envoy`. */
  #sourceOf(peer: Peer, first: Buffer): string {
    const { sources } = this.#door.collector.catalogue
    const named = namedSource(peer.headers)
    if (named !== '') return named
    const log = logNameOf(first)
    if (sources.has(log)) return log
    return sources.has('envoy') ? 'envoy' : 'auto'
  }

  async #decoded(bytes: Buffer, compressed: boolean, peer: Peer): Promise<Buffer | undefined> {
    if (!compressed) return bytes
    const { decodedBytes, ratio } = this.#door.limits
    const encoding = peer.headers['grpc-encoding']
    const decoded = await decodeBody(bytes, typeof encoding === 'string' ? encoding : undefined, {
      bytes: decodedBytes,
      ratio,
    })
    return decoded.kind === 'ok' ? decoded.body : undefined
  }

  /** Holds a source back that has used up its limit: what is not read Envoy keeps, or drops by its own rules. */
  async #turn(source: Source, bytes: number): Promise<void> {
    const { rates, clock, closing } = this.#door
    for (;;) {
      const wait = rates.admit(source, bytes, clock.now())
      if (wait === 0 || closing.aborted) return
      await clock.sleep(wait * 1000, closing).catch(() => {})
    }
  }

  /** False when the topic took nothing for so long that the sender must know. */
  async #keep(source: Source, body: Buffer | undefined, stream: ServerHttp2Stream): Promise<boolean> {
    const { collector, clock, log, closing } = this.#door
    const received = clock.now()
    const counter = this.#counter++
    const key = uploadKeyOf({ source: source.id, process: this.#process, counter })
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        if (body !== undefined && EnvoyEntries.frames(body))
          await collector.takeBody(source, key, new EnvoyEntries(body), received)
        else await collector.takeBroken(source, key, received)
        return true
      } catch (error) {
        if (!(error instanceof LcError) || !error.code.startsWith('LC_TOPIC_')) throw error
        this.#waits.say(received, times => log.warn({ code: error.code, source: source.id, times }, error.message))
      }
      if (stream.destroyed) break
      await clock.sleep(TRY_MS, closing).catch(() => {})
      if (closing.aborted) break
    }
    return false
  }

  #busy(stream: ServerHttp2Stream): void {
    this.#door.answered(503)
    answerStatus(stream, GRPC.unavailable, 'Nothing can be taken now.', RETRY_SECONDS)
  }
}
