import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Receipt } from '../collect/tallies.ts'
import { OtlpRecords } from '../parse/otlp-protobuf.ts'
import type { RecordReader } from '../records/record.ts'
import { codeOf, exportAnswer, exportAnswerJson, rpcStatus } from './otlp-answers.ts'

const PROTOBUF = 'application/x-protobuf'
export const PROBLEM = 'application/problem+json'

/** Does an OTLP sender wait for the answer? `/v1/logs` is OTLP's, and nobody else sends protobuf. */
export function isOtlp(request: FastifyRequest): boolean {
  return request.url.startsWith('/v1/logs') || saysProtobuf(request)
}

/**
 * A decoded body as the collector takes it: protobuf as the log records in it, anything else as it is; undefined for
 * bytes that say protobuf and are none. Believed by its first byte, not by Content-Type alone: `{` begins no such request.
 */
export function recordsIn(request: FastifyRequest, body: Buffer): Buffer | RecordReader | undefined {
  if (!isOtlp(request) || body.length === 0) return body
  const first = body[0]
  const frames = first === 0x0a && OtlpRecords.frames(body)
  if (frames) return new OtlpRecords(body)
  if (!saysProtobuf(request) || first === 0x7b || first === 0x5b) return body
  return OtlpRecords.frames(body) ? new OtlpRecords(body) : undefined
}

/** 200 with ExportLogsServiceResponse, in the encoding of the request: the Collector drops on an answer it cannot read. */
export function answerExport(reply: FastifyReply, request: FastifyRequest, receipt: Receipt): void {
  reply.code(200)
  if (saysProtobuf(request)) void reply.type(PROTOBUF).send(exportAnswer(receipt))
  else void reply.type('application/json').send(exportAnswerJson(receipt))
}

/** A refusal as google.rpc.Status in the encoding of the request, where an OTLP sender waits for it; else as it was. */
export function refusalFor(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (!isOtlp(request) || typeof payload !== 'string' || !String(reply.getHeader('content-type')).startsWith(PROBLEM))
    return payload
  const { title, code } = JSON.parse(payload) as { readonly title: string; readonly code: string }
  const message = `${title} (${code})`
  const status = codeOf(reply.statusCode)
  const protobuf = saysProtobuf(request)
  const body = protobuf ? rpcStatus(status, message) : JSON.stringify({ code: status, message })
  void reply
    .header('content-type', protobuf ? PROTOBUF : 'application/json')
    .header('content-length', Buffer.byteLength(body))
  return body
}

/** The Content-Type as it was sent: the door overwrites the parsed one. */
function saysProtobuf(request: FastifyRequest): boolean {
  const { rawHeaders } = request.raw
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== 'content-type') continue
    const type = rawHeaders[i + 1]?.slice(0, 100).toLowerCase() ?? ''
    return type.startsWith(PROTOBUF) || type.startsWith('application/protobuf')
  }
  return false
}
