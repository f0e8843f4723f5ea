import { decodeBlock, rowsFrom, type Value } from '../../../ingest/block/decode.ts'
import { readTopic, type TopicReader } from '../../../ingest/topic/sqlite-reader.ts'
import type { StoredBlock } from '../../domain/block.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'

/** Rows shown of a block to people; `--json` has them all. */
const ROWS_SHOWN = 5

export const topicCat: Command = {
  name: 'topic cat',
  summary: 'show what stands on the topic',
  usage: `
lastcall topic cat [--partition N] [--from OFFSET] [--limit N] [--json] [--data DIR]

Shows the blocks on the topic of a data folder, oldest first, also while a process works there. Nothing is changed.
For people each block is its headers and its first ${ROWS_SHOWN} rows; with --json one object a line, with every row.

  --partition N   one partition only (default: all)
  --from OFFSET   the first offset shown (default: the oldest kept)
  --limit N       blocks at most, per partition (default: 10)
  --data DIR      the data folder (default: .lastcall)

Example: lastcall topic cat --partition 0 --limit 3
`,
  options: { partition: { type: 'string' }, from: { type: 'string' }, limit: { type: 'string' } },
  async run(context) {
    const limit = wholeFlag(context, 'limit', 10)
    const from = BigInt(wholeFlag(context, 'from', 0))
    const reader = readTopic(textFlag(context, 'data', '.lastcall'))
    try {
      const show = context.values.json === true ? asJson : asText
      for (const partition of partitionsWanted(context, reader)) {
        for (const block of reader.read(partition, from, limit)) context.stdout(show(block))
      }
    } finally {
      reader.close()
    }
    return 0
  },
}

function partitionsWanted(context: CommandContext, reader: TopicReader): number[] {
  const all = Array.from({ length: reader.partitions }, (_, partition) => partition)
  if (context.values.partition === undefined) return all
  const wanted = wholeFlag(context, 'partition', 0)
  if (wanted < reader.partitions) return [wanted]
  throw new LcError(
    'LC_CLI_FLAGS',
    `There is no partition ${wanted}.`,
    `Partitions are 0 to ${reader.partitions - 1}.`,
    2,
  )
}

function wholeFlag(context: CommandContext, name: string, otherwise: number): number {
  const text = textFlag(context, name)
  if (text === undefined) return otherwise
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new LcError('LC_CLI_FLAGS', `--${name} takes a whole number.`, 'See: lastcall topic cat --help', 2)
}

function asJson(block: StoredBlock): string {
  const { partition, offset, logTime, headers } = block
  const rows = rowsOf(block).map(row => Object.fromEntries(row))
  return `${JSON.stringify({ partition, offset, logTime: instant(logTime), headers, rows }, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`
}

function asText(block: StoredBlock): string {
  const { headers } = block
  const lines = [
    `${block.partition}/${block.offset}  ${instant(block.logTime)}  source ${plain(headers.source)}  catalogue ${plain(headers.catalogue.slice(0, 12))}  ${block.rows} rows`,
  ]
  for (const upload of headers.uploads.slice(0, ROWS_SHOWN)) {
    const tallies = upload.tallies.map(
      ({ outcome, reason, lines }) => `${outcome}${reason === '' ? '' : ` (${reason})`} ${lines}`,
    )
    const part =
      upload.from === undefined
        ? `part ${upload.part}${upload.of === 0 ? '' : ` of ${upload.of}`}`
        : `from ${upload.from} to ${upload.part}`
    lines.push(`  upload ${plain(upload.key.slice(0, 12))}  ${part}  ${plain(tallies.join(', '))}`)
  }
  lines.push(...more(headers.uploads.length, 'uploads'))
  if (headers.heartbeat !== undefined) lines.push(`  heartbeat: read up to ${instant(headers.heartbeat.through)}`)
  for (const row of rowsOf(block).slice(0, ROWS_SHOWN)) {
    const text = (name: string) => plain(row.get(name) ?? '')
    lines.push(
      `  ${instant(Number(row.get('time')))}  ${text('status')}  ${text('operation')}  ${text('consumer') || '(nobody proven)'}  ${text('path')}`,
    )
  }
  lines.push(...more(block.rows, 'rows'))
  return `${lines.join('\n')}\n`
}

function more(count: number, of: string): string[] {
  return count > ROWS_SHOWN ? [`  … ${count - ROWS_SHOWN} more ${of}`] : []
}

function rowsOf(block: StoredBlock): readonly ReadonlyMap<string, Value>[] {
  return rowsFrom(decodeBlock(block.payload))
}

/** RFC 3339, UTC. What is no instant is shown as the number it is. */
function instant(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}

/** Text from a log is an attacker's: nothing in it may move the cursor or turn the line around. */
function plain(value: Value): string {
  return String(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, unit => `\\u{${unit.codePointAt(0)?.toString(16)}}`)
}
