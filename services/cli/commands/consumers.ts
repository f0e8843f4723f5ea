import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { toCsv } from '../../api/list.ts'
import { LcError } from '../../domain/errors.ts'
import type { Command } from '../command.ts'
import { plainText } from '../plain-text.ts'
import { type Service, withService } from '../service.ts'

const answer = Type.Object({
  items: Type.Array(
    Type.Object({
      consumer: Type.String(),
      customer: Type.Union([Type.String(), Type.Null()]),
      calls: Type.Integer(),
      first: Type.String(),
      last: Type.String(),
      calls7d: Type.Integer(),
      calls7dBefore: Type.Integer(),
      trend7d: Type.Integer(),
      state: Type.String(),
      reachable: Type.Boolean(),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
})
type Row = Static<typeof answer>['items'][number]

export const consumers: Command = {
  name: 'consumers',
  summary: 'who still calls a deprecation',
  usage: `lastcall consumers ID [--csv | --json] [--config lastcall.yaml] [--data .lastcall] [--url http://127.0.0.1:8080] [--token-file F]

Every consumer ever seen on it, most calls in the last 7 complete days first: its customer, calls, first and last call
(UTC), the 7 days against the 7 before, where it stands with its migration, and whether somebody there can be told.
Asks the running process that holds the data folder, or the one at --url; otherwise opens the folder itself.

Example
  lastcall consumers content-generate --csv > who.csv`,
  options: { csv: { type: 'boolean' }, 'token-file': { type: 'string' } },
  async run(context) {
    const [id, ...more] = context.positionals
    if (id === undefined || more.length > 0) {
      throw new LcError(
        'LC_CLI_FLAGS',
        'Name one deprecation.',
        'lastcall consumers content-generate; `lastcall check` lists the ids.',
        2,
      )
    }
    const rows = await withService(context, service => allRows(service, id))
    if (context.values.json === true) context.stdout(`${JSON.stringify(rows)}\n`)
    else if (context.values.csv === true) context.stdout(toCsv(rows))
    else context.stdout(table(rows))
    return 0
  },
}

/** Page after page. */
async function allRows(service: Service, id: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  let cursor = ''
  for (;;) {
    const page: unknown = await service.get(
      `/api/v1/deprecations/${encodeURIComponent(id)}/consumers?limit=10000${cursor}`,
    )
    if (!Value.Check(answer, page)) {
      throw new LcError(
        'LC_SERVICE_ANSWER',
        'The service answered in another form than this version knows.',
        'Use the same version of Last Call on both sides.',
        2,
      )
    }
    rows.push(...page.items)
    if (page.next === null) return rows
    cursor = `&cursor=${encodeURIComponent(page.next)}`
  }
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return 'Nobody who can be named has ever called it.\n'
  const cells = rows.map(row => [
    plainText(row.consumer),
    plainText(row.customer ?? '-'),
    String(row.calls),
    String(row.calls7d),
    `${row.trend7d > 0 ? '+' : ''}${row.trend7d}`,
    row.last.slice(0, 10),
    row.state,
    row.reachable ? 'yes' : 'no',
  ])
  const lines = [['consumer', 'customer', 'calls', '7 days', 'trend', 'last', 'state', 'reachable'], ...cells]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0))) ?? []
  const numbers = new Set([2, 3, 4])
  const written = lines.map(line =>
    line
      .map((cell, column) =>
        numbers.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return `${written.join('\n')}\n`
}
