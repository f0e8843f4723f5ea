import { createHash } from 'node:crypto'
import type { ServerHttp2Stream } from 'node:http2'
import type { Source } from '../../services/domain/catalogue.ts'
import { LcError } from '../../services/domain/errors.ts'
import { tokenDigest, tokenOf } from '../../services/platform/access.ts'
import { AnsweredBodies } from '../collect/answered.ts'
import type { TakenBody } from '../collect/collector.ts'
import { OtlpRecords } from '../parse/otlp-protobuf.ts'
import { decodeBody } from '../records/decode.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import type { GrpcDoorway } from './grpc.ts'
import { mayUse, namedSource, type Peer } from './grpc-admission.ts'
import { answerMessage, answerStatus, RETRY_SECONDS } from './grpc-answers.ts'
import { hurry } from './grpc-limits.ts'
import { type GrpcMessage, GrpcMessages } from './grpc-messages.ts'
import { codeOf, exportAnswer, GRPC } from './otlp-answers.ts'

type Message = Extract<GrpcMessage, { kind: 'ok' }>

/**
 * `opentelemetry.proto.collector.logs.v1.LogsService/Export`: answered once the topic has the rows durably. The same
 * request again is the same upload: its key is of source, credential and the message's decoded bytes, as over HTTP.
 */
export class OtlpDoor {
  readonly #door: GrpcDoorway
  readonly #answered = new AnsweredBodies()

  constructor(door: GrpcDoorway) {
    this.#door = door
  }

  async serve(stream: ServerHttp2Stream, peer: Peer): Promise<void> {
    const { collector, tokens, clock, limits, budget, rates } = this.#door
    const { sources } = collector.catalogue
    const source = sources.get(namedSource(peer.headers) || (sources.has('otlp') ? 'otlp' : 'auto'))
    if (!mayUse(source, peer, tokens())) {
      this.#door.refused()
      return this.#end(stream, 401, 'This call carries no valid token.')
    }
    if (source === undefined) return this.#end(stream, 404, 'No source has the name in lastcall-source.')
    if (!collector.accepts()) return this.#end(stream, 503, 'The topic does not take this upload now.')
    const received = clock.now()
    const wait = rates.admit(source, undefined, received)
    if (wait > 0) return this.#end(stream, 429, 'This source has used up its limit.', wait)
    const inTime = hurry(stream, clock)
    const bodyBytes = Math.min(limits.bodyBytes, source.limits.bodyBytes ?? limits.bodyBytes)
    const messages = new GrpcMessages(stream, bodyBytes, budget)
    const message = await messages.next().finally(inTime)
    if (message.kind === 'ok') {
      await messages.finish()
      rates.charge(source, message.held)
      return this.#take(stream, source, peer, message, received)
    }
    if (message.kind === 'too-large') return this.#tooLarge(stream, bodyBytes)
    if (message.kind === 'busy') return this.#end(stream, 503, 'Other uploads hold the memory there is.')
    answerStatus(stream, GRPC.invalidArgument, 'A call carries one message.')
  }

  async #take(
    stream: ServerHttp2Stream,
    source: Source,
    peer: Peer,
    message: Message,
    received: number,
  ): Promise<void> {
    const { limits, budget, log } = this.#door
    let { held } = message
    const decodedBytes = Math.min(limits.decodedBytes, source.limits.bodyBytes ?? limits.decodedBytes)
    try {
      const decoded = message.compressed
        ? await decodeBody(message.bytes, encodingOf(peer), { bytes: decodedBytes, ratio: limits.ratio })
        : ({ kind: 'ok', body: message.bytes } as const)
      if (decoded.kind === 'too-large') return this.#tooLarge(stream, decodedBytes)
      const body = decoded.kind === 'ok' ? decoded.body : message.bytes
      const more = body.length - held
      if (more > 0) {
        if (!budget.take(more)) return this.#end(stream, 503, 'Other uploads hold the memory there is.')
        held += more
      }
      const { taken, plain } = await this.#keep(source, peer, body, decoded.kind === 'ok', received)
      stream.once('close', () => {
        if (stream.rstCode === 0 && !stream.aborted) this.#answered.heard(plain)
      })
      this.#door.answered(200)
      answerMessage(stream, exportAnswer(taken.receipt))
    } catch (error) {
      if (!(error instanceof LcError) || !error.code.startsWith('LC_TOPIC_')) throw error
      log.warn({ code: error.code, source: source.id }, error.message)
      this.#end(stream, 503, 'The topic does not take this upload now.')
    } finally {
      budget.give(held)
    }
  }

  async #keep(
    source: Source,
    peer: Peer,
    body: Buffer,
    readable: boolean,
    received: number,
  ): Promise<{ taken: TakenBody; plain: string }> {
    const { collector } = this.#door
    const credential = tokenDigest(tokenOf(peer.headers))
    const bodyDigest = createHash('sha256').update(body).digest('hex')
    const plain = uploadKeyOf({ source: source.id, credential, bodyDigest })
    const count = this.#answered.arrive(plain, received)
    const key =
      count === 0 ? plain : uploadKeyOf({ source: source.id, credential, bodyDigest: `${bodyDigest}#${count}` })
    const taken =
      readable && OtlpRecords.frames(body)
        ? await collector.takeBody(source, key, new OtlpRecords(body), received)
        : await collector.takeBroken(source, key, received)
    this.#answered.read(plain, taken.distinct)
    return { taken, plain }
  }

  /** For good: without RetryInfo no sender comes again with it. */
  #tooLarge(stream: ServerHttp2Stream, cap: number): void {
    this.#end(stream, 413, `A message may hold ${cap} bytes, decoded. Send smaller batches.`)
  }

  #end(stream: ServerHttp2Stream, status: 401 | 404 | 413 | 429 | 503, message: string, wait = 0): void {
    this.#door.answered(status)
    answerStatus(stream, codeOf(status), message, status === 503 ? RETRY_SECONDS : wait)
  }
}

function encodingOf({ headers }: Peer): string | undefined {
  const encoding = headers['grpc-encoding']
  return typeof encoding === 'string' ? encoding : undefined
}
