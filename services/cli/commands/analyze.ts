import { stat } from 'node:fs/promises'
import { analyzeFile } from '../../../ingest/analyze/analyze-files.ts'
import { type OperationSummary, UsageTable } from '../../../ingest/analyze/usage-table.ts'
import { createSourceReader } from '../../../ingest/collect/source-reader.ts'
import type { Catalogue, Source } from '../../domain/catalogue.ts'
import { LcError } from '../../domain/errors.ts'
import { routesOf } from '../../domain/routes.ts'
import { namesOf } from '../../domain/things.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'
import { openDigest } from '../offline-digest.ts'
import { loadCatalogueFor, offlineSource } from '../offline-source.ts'
import { Progress } from '../progress.ts'

const DAY = 86_400_000

export const analyze: Command = {
  name: 'analyze',
  summary: 'who calls what in log files; nothing is stored or sent',
  usage: `lastcall analyze FILE… [--format auto] [--catalogue lastcall.yaml] [--host api.example] [--pepper-file F] [--json]

Reads gateway logs (plain, .gz, .zst, - for standard input) and says which operations were called, by whom,
and how often. With a catalogue, what is deprecated comes first. Without one every host is an API.

  --format NAME       a format's name; auto finds it
  --catalogue FILE    a lastcall.yaml: its APIs, deprecations, and how keys are found
  --source ID         read the files as this source of the catalogue
  --host NAME         the host of records that carry none
  --key-header NAME   the request header that holds the caller's key
  --pepper-file FILE  keeps consumer ids of keys equal to those of an installation
  --json              one JSON object

Example
  lastcall analyze /var/log/nginx/access.log.1.gz --catalogue lastcall.yaml`,
  options: {
    format: { type: 'string' },
    catalogue: { type: 'string' },
    source: { type: 'string' },
    'key-header': { type: 'string' },
    'pepper-file': { type: 'string' },
  },
  async run(context) {
    if (context.positionals.length === 0)
      throw new LcError(
        'LC_CLI_FLAGS',
        'No file was named.',
        'lastcall analyze access.log, or - for standard input.',
        2,
      )
    const catalogue = await loadCatalogueFor(context)
    const source = offlineSource(context, catalogue)
    const table = await read(context, catalogue, source)
    context.stdout(
      context.values.json === true ? `${JSON.stringify(asJson(table, catalogue))}\n` : asText(table, catalogue),
    )
    return 0
  },
}

async function read(context: CommandContext, catalogue: Catalogue, source: Source): Promise<UsageTable> {
  const digest = await openDigest(textFlag(context, 'pepper-file'))
  const reader = createSourceReader(catalogue, source, digest)
  const table = new UsageTable()
  const sizes = await Promise.all(
    context.positionals.map(path =>
      path === '-'
        ? 0
        : stat(path).then(
            s => s.size,
            () => 0,
          ),
    ),
  )
  const progress = new Progress(context, 'reading', sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0))
  let before = 0
  for (const [index, path] of context.positionals.entries()) {
    await analyzeFile(path, context.stdin, reader, context.clock.now(), table, bytes =>
      progress.at(before + bytes, `${table.lines} lines`),
    )
    before += sizes[index] ?? 0
  }
  progress.end()
  return table
}

/** Deprecation ids of each operation, resolved once for all names of the table. */
function deprecationsByOperation(
  operations: readonly OperationSummary[],
  catalogue: Catalogue,
): Map<OperationSummary, string[]> {
  const found = new Map<OperationSummary, string[]>(operations.map(row => [row, []]))
  for (const deprecation of catalogue.deprecations.values()) {
    const api = catalogue.apis.get(deprecation.api)
    if (api === undefined) continue
    const rows = operations.filter(row => row.api === api.id)
    const names = namesOf(deprecation.thing, routesOf(catalogue, api.id), rows)
    for (const row of rows) {
      if (names.exact.some(name => name.version === row.version && name.operation === row.operation))
        found.get(row)?.push(deprecation.id)
    }
  }
  return found
}

function asJson(table: UsageTable, catalogue: Catalogue) {
  const operations = table.operations()
  const deprecations = deprecationsByOperation(operations, catalogue)
  return {
    lines: table.lines,
    calls: table.calls,
    unparsed: table.unparsed,
    dropped: Object.fromEntries(table.dropped),
    operations: operations.map(row => ({
      api: row.api,
      version: row.version,
      method: row.operation.slice(0, row.operation.indexOf(' ')),
      path: row.operation.slice(row.operation.indexOf(' ') + 1),
      deprecations: deprecations.get(row) ?? [],
      calls: row.calls,
      consumers: row.consumers.map(({ id, calls, first, last }) => ({
        id: id === '' ? null : id,
        calls,
        first: iso(first),
        last: iso(last),
      })),
    })),
    formats: Object.fromEntries(table.formats),
  }
}

function asText(table: UsageTable, catalogue: Catalogue): string {
  const operations = table.operations()
  const deprecations = deprecationsByOperation(operations, catalogue)
  const dropped = [...table.dropped].map(([reason, lines]) => `${lines} dropped (${reason})`)
  const parts = [`${table.calls} calls`, `${table.unparsed} unparsed`, ...dropped]
  const out = [
    `${table.lines} lines = ${parts.join(' + ')}`,
    `formats: ${[...table.formats].map(([name, lines]) => `${name} ${lines}`).join(', ') || 'none recognised'}`,
    '',
  ]
  const rows = [...operations].sort(
    (a, b) => Number((deprecations.get(b)?.length ?? 0) > 0) - Number((deprecations.get(a)?.length ?? 0) > 0),
  )
  for (const row of rows.slice(0, 50)) {
    const marks = deprecations.get(row) ?? []
    out.push(
      `${String(row.calls).padStart(9)}  ${row.api === '' ? '(no host)' : row.api}  ${row.operation}${marks.length > 0 ? `   DEPRECATED: ${marks.join(', ')}` : ''}`,
    )
    for (const consumer of row.consumers.slice(0, marks.length > 0 ? 20 : 3)) {
      out.push(
        `${String(consumer.calls).padStart(15)}  ${consumer.id === '' ? '(nobody named)' : consumer.id}   ${iso(consumer.first).slice(0, 10)} … ${iso(consumer.last).slice(0, 10)} (${Math.floor((consumer.last - consumer.first) / DAY) + 1} d)`,
      )
    }
    if (row.consumers.length > (marks.length > 0 ? 20 : 3))
      out.push(`${''.padStart(15)}  … ${row.consumers.length} consumers in all; --json lists every one`)
  }
  if (rows.length > 50) out.push(`… ${rows.length} operations in all; --json lists every one`)
  return `${out.join('\n')}\n`
}

const iso = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toString()
