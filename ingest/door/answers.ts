import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Receipt } from '../collect/tallies.ts'
import { answerExport, isOtlp } from './otlp-http.ts'

/** RFC 9457 problem details: what is wrong, under which code, and what to do. */
export function problem(reply: FastifyReply, status: number, code: string, detail: string, todo: string): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: `urn:lastcall:error:${code}`, title: detail, status, code, detail: todo }))
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

export function answerTooLarge(reply: FastifyReply, cap: number): void {
  void problem(
    reply.header('connection', 'close'),
    413,
    'LC_INGEST_TOO_LARGE',
    `A body may hold ${cap} bytes, decoded.`,
    'Send smaller batches, or raise limits in lastcall.yaml.',
  )
}

/** Transient trouble: every sender we know repeats on 503; those that read Retry-After wait. */
export function answerBusy(reply: FastifyReply, request: FastifyRequest): void {
  const firehose = request.headers['x-amz-firehose-request-id']
  reply.header('retry-after', '2')
  if (typeof firehose === 'string') {
    void reply
      .code(503)
      .type('application/json')
      .send(JSON.stringify({ requestId: firehose, timestamp: 0, errorMessage: 'try again' }))
  } else {
    void problem(
      reply,
      503,
      'LC_INGEST_BUSY',
      'The topic does not take this upload now.',
      'Send it again after the time in Retry-After.',
    )
  }
}
