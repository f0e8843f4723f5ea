import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { type GrpcCode, rpcStatus } from './otlp-answers.ts'

/** Seconds after which a sender that was told UNAVAILABLE may come again. */
export const RETRY_SECONDS = 2

/** How long a sender that was refused has to hear it. */
const HEARD_MS = 1_000

const HEAD = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  // What a message may be compressed with; the collectors of OpenTelemetry offer these.
  'grpc-accept-encoding': 'identity,gzip,deflate,zstd,snappy',
}

/** Answers one message and OK. */
export function answerMessage(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.closed) return
  begin(stream)
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  stream.end(Buffer.concat([prefix, message]))
}

/** Sends the head of an answer whose message comes later; its status will be OK. */
function begin(stream: ServerHttp2Stream): void {
  if (stream.headersSent) return
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.respond(HEAD, { waitForTrailers: true })
}

/**
 * Ends a stream whose answer has not begun with a status. With `retrySeconds` it carries when the sender may come
 * again. What the sender has still to send is not read; the stream is closed without error (RFC 9113 section 8.1).
 */
export function answerStatus(stream: ServerHttp2Stream, code: GrpcCode, message: string, retrySeconds = 0): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return
  refuse(stream, {
    ...HEAD,
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(message),
    'grpc-status-details-bin': rpcStatus(code, message, retrySeconds).toString('base64'),
  })
}

/** Answers with headers alone. */
export function refuse(stream: ServerHttp2Stream, headers: OutgoingHttpHeaders): void {
  stream.respond(headers, { endStream: true })
  // Most senders close the stream when they hear it, and take an error for the answer when we are quicker.
  stream.setTimeout(HEARD_MS, () => stream.close(constants.NGHTTP2_NO_ERROR))
}
