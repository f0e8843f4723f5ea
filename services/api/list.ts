import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { LcError } from '../domain/errors.ts'

const PAGE = 1_000
const PAGE_MOST = 10_000

/** Query of every list. `cursor` is what the page before said as `next`. */
export const pageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MOST, default: PAGE })),
  cursor: Type.Optional(Type.String({ maxLength: 600 })),
})

/** A page of a list: `next` is the cursor of the page after it, null on the last one. */
export const pageOf = <T extends Type.TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) })

type Row = Readonly<Record<string, unknown>>

/**
 * Sends one page of rows as JSON, CSV or NDJSON, as Accept asks. `idOf` names a row for the cursor: rows that appear or
 * vanish between two pages neither repeat nor hide others, as long as the named one stays.
 */
export function sendPage<R extends Row>(
  request: FastifyRequest,
  reply: FastifyReply,
  rows: readonly R[],
  idOf: (row: R) => string,
): FastifyReply {
  const { limit = PAGE, cursor } = request.query as { limit?: number; cursor?: string }
  const from = cursor === undefined ? 0 : positionAfter(rows, idOf, cursor)
  const page = rows.slice(from, from + limit)
  const last = page.at(-1)
  const next = from + limit < rows.length && last !== undefined ? Buffer.from(idOf(last)).toString('base64url') : null
  const accept = request.headers.accept ?? ''
  if (next !== null && !accept.includes('json')) reply.header('link', `<?cursor=${next}&limit=${limit}>; rel="next"`)
  if (accept.includes('text/csv')) return reply.type('text/csv; charset=utf-8').serializer(String).send(toCsv(page))
  if (accept.includes('ndjson'))
    return reply
      .type('application/x-ndjson')
      .serializer(String)
      .send(page.map(row => `${JSON.stringify(row)}\n`).join(''))
  return reply.send({ items: page, next })
}

function positionAfter<R extends Row>(rows: readonly R[], idOf: (row: R) => string, cursor: string): number {
  const id = Buffer.from(cursor, 'base64url').toString('utf8')
  const found = rows.findIndex(row => idOf(row) === id)
  if (found < 0)
    throw new LcError('LC_API_CURSOR', 'The page this cursor continues is gone.', 'Begin again without a cursor.', 2)
  return found + 1
}

/** RFC 4180. A cell that a spreadsheet would run as a formula is led by an apostrophe: log text is an attacker's text. */
export function toCsv(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const names = Object.keys(first)
  const lines = rows.map(row => names.map(name => cell(row[name])).join(','))
  return `${[names.join(','), ...lines].join('\r\n')}\r\n`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
