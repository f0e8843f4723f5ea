import type { Receipt } from '../collect/tallies.ts'
import { bytesField, varintField } from './proto-writer.ts'

/** Codes of google.rpc.Code that the doors answer with. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const
export type GrpcCode = (typeof GRPC)[keyof typeof GRPC]

const REJECTED = 'records without a readable request'

/**
 * ExportLogsServiceResponse in protobuf: empty on full success, else partial success, which the sender must not
 * repeat (OTLP specification, "Partial success").
 */
export function exportAnswer({ unparsed }: Receipt): Buffer {
  if (unparsed === 0) return Buffer.alloc(0)
  return bytesField(1, Buffer.concat([varintField(1, unparsed), bytesField(2, REJECTED)]))
}

/** The same as JSON mapping. */
export function exportAnswerJson({ unparsed }: Receipt): string {
  if (unparsed === 0) return '{}'
  return JSON.stringify({ partialSuccess: { rejectedLogRecords: String(unparsed), errorMessage: REJECTED } })
}

/**
 * google.rpc.Status. With `retrySeconds` it carries a google.rpc.RetryInfo: a sender may come again after it; without
 * one RESOURCE_EXHAUSTED is for good (OTLP specification, "OTLP/gRPC throttling").
 */
export function rpcStatus(code: GrpcCode, message: string, retrySeconds = 0): Buffer {
  const retry =
    retrySeconds === 0
      ? ''
      : Buffer.concat([
          bytesField(1, 'type.googleapis.com/google.rpc.RetryInfo'),
          bytesField(2, bytesField(1, varintField(1, retrySeconds))),
        ])
  return Buffer.concat([varintField(1, code), bytesField(2, message), bytesField(3, retry)])
}

/** The code that goes with an HTTP status of the answer contract. */
export function codeOf(status: number): GrpcCode {
  if (status === 401) return GRPC.unauthenticated
  if (status === 404) return GRPC.notFound
  if (status === 413 || status === 429) return GRPC.resourceExhausted
  return status === 503 ? GRPC.unavailable : GRPC.invalidArgument
}
