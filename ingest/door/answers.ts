import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Receipt } from '../collect/tallies.ts'
import { answerExport, isOtlp, PROBLEM } from './otlp-http.ts'
import { passOver } from './pass-over.ts'

/** RFC 9457 problem details: what is wrong, under which code, and what to do. */
export function problem(reply: FastifyReply, status: number, code: string, detail: string, todo: string): FastifyReply {
  return reply
    .code(status)
    .type(PROBLEM)
    .send(JSON.stringify({ type: `urn:lastcall:error:${code}`, title: detail, status, code, detail: todo }))
}

/** A refusal in Firehose's dialect, where Firehose waits for it; else as it was. `now` is milliseconds UTC. */
export function firehoseRefusal(request: FastifyRequest, reply: FastifyReply, payload: unknown, now: number): unknown {
  const requestId = request.headers['x-amz-firehose-request-id']
  if (typeof requestId !== 'string' || typeof payload !== 'string') return payload
  // With a charset behind it.
  if (!String(reply.getHeader('content-type')).startsWith(PROBLEM)) return payload
  const { title, detail, code } = JSON.parse(payload) as { readonly [key: string]: string }
  const body = JSON.stringify({ requestId, timestamp: now, errorMessage: `${title} ${detail} (${code})` })
  void reply.header('content-type', 'application/json').header('content-length', Buffer.byteLength(body))
  return body
}

/** The one answer every sender reads as success: exactly 200, a small body in the sender's own dialect. */
export function answerAccepted(reply: FastifyReply, request: FastifyRequest, receipt: Receipt, now: number): void {
  const firehose = request.headers['x-amz-firehose-request-id']
  reply.code(200)
  if (typeof firehose === 'string') {
    // Firehose redelivers everything when this body holds anything else (HTTP endpoint delivery specifications).
    void reply.type('application/json').send(JSON.stringify({ requestId: firehose, timestamp: now }))
  } else if (isOtlp(request)) {
    answerExport(reply, request, receipt)
  } else {
    void reply.type('application/json').send(JSON.stringify(receipt))
  }
}

/** How often as much as it may hold is read of a body that is too large, so that its sender hears the answer. */
const PASSED_OVER = 4

/** Never `connection: close`: it would reach a sender that is still writing as a broken connection. */
export function answerTooLarge(reply: FastifyReply, cap: number): void {
  passOver(reply.request.raw, PASSED_OVER * cap)
  void problem(
    reply,
    413,
    'LC_INGEST_TOO_LARGE',
    `A body may hold ${cap} bytes, decoded.`,
    'Send smaller batches, or raise limits in lastcall.yaml.',
  )
}

/** Transient trouble: every sender we know repeats on 503; those that read Retry-After wait. */
export function answerBusy(reply: FastifyReply): void {
  void problem(
    reply.header('retry-after', '2'),
    503,
    'LC_INGEST_BUSY',
    'The topic does not take this upload now.',
    'Send it again after the time in Retry-After.',
  )
}

/** A refused body below this is read off the connection, which stays; of a larger one nothing more is wanted. */
const CHEAP_BYTES = 65_536

/** Over its source's rate; `seconds` until it may come again. `bytes`: of its body, where it said so. */
export function answerQuota(reply: FastifyReply, seconds: number, bytes: number | undefined): void {
  if (bytes === undefined || bytes > CHEAP_BYTES) reply.header('connection', 'close')
  void problem(
    reply.header('retry-after', String(seconds)),
    429,
    'LC_INGEST_QUOTA',
    'This source sends more than its limits allow.',
    'Send it again after the time in Retry-After, or raise limits of the source in lastcall.yaml.',
  )
}

/** 401, before a byte of the body is read. */
export function answerNoToken(reply: FastifyReply): void {
  void problem(
    reply.header('connection', 'close').header('www-authenticate', 'Bearer realm="lastcall"'),
    401,
    'LC_INGEST_TOKEN',
    'This upload carries no valid token.',
    'Send a token of this source as bearer or Basic password.',
  )
}

export function answerNoSource(reply: FastifyReply): void {
  void problem(
    reply.header('connection', 'close'),
    404,
    'LC_INGEST_SOURCE',
    'No source has this name.',
    'Declare it under `sources:` in lastcall.yaml, or post to /ingest/auto.',
  )
}
