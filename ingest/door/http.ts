import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Source } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import { tokenDigest, tokenOf } from '../../services/platform/access.ts'
import { type Log, RareLog } from '../../services/platform/log.ts'
import { counter } from '../../services/platform/metrics.ts'
import { traceRequest } from '../../services/platform/trace-http.ts'
import { AnsweredBodies } from '../collect/answered.ts'
import { ByteBudget } from '../collect/budget.ts'
import type { Collector, TakenBody } from '../collect/collector.ts'
import { decodeBody } from '../records/decode.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import {
  answerAccepted,
  answerBusy,
  answerNoSource,
  answerNoToken,
  answerQuota,
  answerTooLarge,
  firehoseRefusal,
  problem,
} from './answers.ts'
import { readBody } from './body.ts'
import { announcedBytes, mayEnter } from './enter.ts'
import { namedSource } from './grpc-admission.ts'
import { type ImportedRange, readRange, recordsOf } from './imported-range.ts'
import { recordsIn, refusalFor } from './otlp-http.ts'
import { SourceRates } from './rate.ts'

export interface HttpDoorOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /**
   * Digests of tokens that may send to any source without tokens of its own, asked for at each request. Empty: only
   * requests from this machine pass.
   */
  readonly tokens: readonly string[] | (() => readonly string[])
  readonly limits: {
    readonly bodyBytes: number
    readonly decodedBytes: number
    readonly ratio: number
    readonly inFlightBytes: number
    /** A body of which no byte came for so long is cut off; 30 seconds when absent. */
    readonly idleMs?: number
  }
}

export interface HttpDoor {
  /** Bytes that uploads hold in memory now. */
  held(): number
  /** What uploads of every door may hold together. */
  readonly budget: ByteBudget
  /** What each source has used of its limits, through every door. */
  readonly rates: SourceRates
}

const MINUTE = 60_000

/**
 * `POST /ingest/{source}`: any body framing, answered 200 once the topic has the rows durably.
 * The whole contract (gateway-facing status codes): 401 before the body is read, 404 unknown source, 413 over the cap,
 * 503 with Retry-After in trouble, and 200 for everything else, bad records included.
 */
export function httpDoor(app: FastifyInstance, options: HttpDoorOptions): HttpDoor {
  const { collector, clock, log, limits } = options
  const budget = new ByteBudget(limits.inFlightBytes)
  const answered = new AnsweredBodies()
  const rates = new SourceRates()
  const given = options.tokens
  const tokens = typeof given === 'function' ? given : () => given
  const refusals = new RareLog(MINUTE)
  const turnedAway = new RareLog(MINUTE)
  const uploads = counter('uploads')

  app.register(async door => {
    // The body is read by hand: capped, charged to the budget, only after the sender was let in.
    door.removeAllContentTypeParsers()
    door.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    door.setErrorHandler((error, _request, reply) => failed(error, reply))
    // Never trusted, so never judged: Fastify would refuse one it cannot read, and the sender would repeat for ever.
    door.addHook('onRequest', async request => {
      request.headers['content-type'] = 'application/octet-stream'
    })

    door.addHook('onSend', async (request, reply, payload) =>
      firehoseRefusal(request, reply, refusalFor(request, reply, payload), clock.now()),
    )
    door.addHook('onResponse', async (request, reply) => {
      if (request.method === 'POST') uploads.add(1, { status: reply.statusCode })
    })

    door.get('/ingest/:source', { exposeHeadRoute: true }, async (request, reply) => {
      if (enter(request, reply) !== undefined)
        await reply.code(200).type('text/plain').send('lastcall takes logs here by POST\n')
      return reply
    })
    door.get('/.well-known/fastly/logging/challenge', async (_request, reply) => reply.type('text/plain').send('*\n'))
    door.post('/ingest/:source', async (request, reply) => {
      const source = enter(request, reply)
      if (source !== undefined) await traced('/ingest/:source', source, request, reply)
      return reply
    })
    door.post('/v1/logs', async (request, reply) => {
      const named = namedSource(request.headers) || (collector.catalogue.sources.has('otlp') ? 'otlp' : 'auto')
      const source = enter(request, reply, named)
      if (source !== undefined) await traced('/v1/logs', source, request, reply)
      return reply
    })
  })

  return { held: () => budget.held, budget, rates }

  /** The source, when it exists and the sender may send to it; else the answer has been given. */
  function enter(request: FastifyRequest, reply: FastifyReply, named?: string): Source | undefined {
    const id = named ?? (request.params as { source: string }).source
    const source = collector.catalogue.sources.get(id)
    if (!mayEnter(source, request, tokens())) {
      refusals.say(clock.now(), times => log.warn({ times }, 'refused uploads without a valid token'))
      answerNoToken(reply)
      return undefined
    }
    if (source === undefined) answerNoSource(reply)
    return source
  }

  /** A span for those let in only: nobody else is worth one. */
  function traced(route: string, source: Source, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const traced = { route, source: source.id, headers: request.headers }
    return traceRequest(traced, reply, () => take(source, request, reply))
  }

  async function take(source: Source, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const bodyBytes = Math.min(limits.bodyBytes, source.limits.bodyBytes ?? limits.bodyBytes)
    const decodedBytes = Math.min(limits.decodedBytes, source.limits.bodyBytes ?? limits.decodedBytes)
    const announced = announcedBytes(request.headers)
    // First what will never be taken: a sender must not come again for it.
    if (announced !== undefined && announced > bodyBytes) return answerTooLarge(reply, bodyBytes)
    if (!collector.accepts()) return answerBusy(reply)
    const received = clock.now()
    const wait = rates.admit(source, announced, received)
    if (wait > 0) return answerQuota(reply, wait, announced)
    const read = await readBody(request.raw, bodyBytes, budget, limits.idleMs)
    if (read.kind === 'gone') return void reply.hijack()
    if (read.kind === 'busy') return answerBusy(reply)
    if (read.kind === 'too-large') return answerTooLarge(reply, bodyBytes)
    if (announced === undefined) rates.charge(source, read.held)
    let held = read.held
    try {
      const decoded = await decodeBody(read.bytes, request.headers['content-encoding'], {
        bytes: decodedBytes,
        ratio: limits.ratio,
      })
      if (decoded.kind === 'too-large') return answerTooLarge(reply, decodedBytes)
      const body = decoded.kind === 'ok' ? decoded.body : read.bytes
      const more = body.length - read.held
      if (more > 0) {
        if (!budget.take(more)) return answerBusy(reply)
        held += more
      }
      const range = readRange(request.headers['lastcall-range'])
      if (range !== undefined) {
        answerAccepted(reply, request, await takeRange(source, range, body, received), clock.now())
        return
      }
      const { taken, digest } = await keep(source, request, body, decoded.kind === 'ok', received)
      listen(reply, digest)
      log.debug({ source: source.id, lines: taken.receipt.lines }, 'an upload stands on the topic')
      answerAccepted(reply, request, taken.receipt, clock.now())
    } catch (error) {
      if (!(error instanceof LcError) || !error.code.startsWith('LC_TOPIC_')) throw error
      turnedAway.say(clock.now(), times => log.warn({ code: error.code, source: source.id, times }, error.message))
      answerBusy(reply)
    } finally {
      budget.give(held)
    }
  }

  /** A range of an imported file: it has positions, so a resend is told by them, however late. */
  function takeRange(source: Source, range: ImportedRange, body: Buffer, received: number) {
    const key = uploadKeyOf({ source: source.id, identity: `imported ${range.identity}` })
    return collector.takeRange(source, key, { from: range.from, to: range.to, records: recordsOf(body) }, received)
  }

  async function keep(source: Source, request: FastifyRequest, body: Buffer, readable: boolean, received: number) {
    const senderId =
      headerText(request.headers['idempotency-key']) || headerText(request.headers['x-amz-firehose-request-id'])
    const bodyDigest = senderId === '' ? createHash('sha256').update(body).digest('hex') : ''
    const credential = tokenDigest(tokenOf(request.headers))
    const plain =
      senderId === ''
        ? uploadKeyOf({ source: source.id, credential, bodyDigest })
        : uploadKeyOf({ source: source.id, senderId })
    const count = senderId === '' ? answered.arrive(plain, received) : 0
    const key =
      count === 0 ? plain : uploadKeyOf({ source: source.id, credential, bodyDigest: `${bodyDigest}#${count}` })
    const records = readable ? recordsIn(request, body) : undefined
    const taken: TakenBody =
      records === undefined
        ? await collector.takeBroken(source, key, received)
        : await collector.takeBody(source, key, records, received)
    if (senderId === '') answered.read(plain, taken.distinct)
    return { taken, digest: senderId === '' ? plain : '' }
  }

  /** Remembers that the sender heard our 200: the answer was handed over whole while its socket still listened. */
  function listen(reply: FastifyReply, digest: string): void {
    const { socket } = reply.raw
    if (digest === '' || socket === null) return
    // First of the listeners: the server's own takes the socket away from the answer.
    reply.raw.prependOnceListener('finish', () => {
      if (!socket.destroyed && !socket.readableEnded) answered.heard(digest)
    })
  }

  /** Never 500: an OTLP client drops on it, syslog-ng repeats for ever. */
  function failed(error: unknown, reply: FastifyReply): void {
    log.error({ err: error }, 'an upload failed by a fault of ours')
    void problem(
      reply.header('retry-after', '5'),
      503,
      'LC_BUG',
      'This upload could not be taken.',
      'Send it again later; the operator finds the cause in the log.',
    )
  }
}

function headerText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value.slice(0, 512) : ''
}
