import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { LcError } from '../domain/errors.ts'
import type { Log } from '../platform/log.ts'

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  title: string,
  detail: string,
): FastifyReply {
  const problem: Problem = { type: `urn:lastcall:error:${code}`, title, status, code, detail }
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem)
}

/** Errors become answers in this one place: what a person can mend says how, what is our fault is logged and says no more. */
export function problemHandler(
  log: Log,
): (error: FastifyError | LcError, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, _request, reply) => {
    if (error instanceof LcError) {
      void sendProblem(
        reply,
        error.code.endsWith('_UNKNOWN') ? 404 : error.exit === 2 ? 400 : 503,
        error.code,
        error.message,
        error.todo,
      )
    } else if (error.validation !== undefined || (error.statusCode !== undefined && error.statusCode < 500)) {
      void sendProblem(
        reply,
        error.statusCode ?? 400,
        'LC_API_REQUEST',
        'The request is not as the API expects it.',
        error.message.slice(0, 300),
      )
    } else {
      log.error({ err: error }, 'a request failed by a fault of ours')
      void sendProblem(reply, 500, 'LC_BUG', 'This request failed.', 'The operator finds the cause in the log.')
    }
  }
}
