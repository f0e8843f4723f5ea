import { CALL_COLUMNS, type StoredBlock, TOPIC } from '../../services/domain/block.ts'
import type { ClickHouse, NativeInsert } from '../../services/platform/clickhouse.ts'
import { ORIGIN_COLUMNS, type RowRange, withOrigin } from '../block/append-columns.ts'
import { sightingsOf } from '../topic/repeats.ts'
import type { AccountRow } from './accounts.ts'
import { encodeRows, type NativeColumn, structureOf } from './native-rows.ts'

/**
 * Everything that decides how ClickHouse cuts an insert into blocks, by the version that stands in the pin. A token
 * only repeats an insert that is cut alike: a changed constant is a new version beside the old one, never an edit.
 */
export const INSERT_SETTINGS: ReadonlyMap<number, Readonly<Record<string, string | number>>> = new Map([
  [
    1,
    {
      async_insert: 0,
      insert_deduplicate: 1,
      // An insert that ClickHouse could not repeat alike fails loudly instead of counting twice.
      deduplicate_insert_select: 'force_enable',
      deduplicate_blocks_in_dependent_materialized_views: 1,
      max_threads: 1,
      max_insert_threads: 1,
      min_insert_block_size_rows: 2_000_000,
      min_insert_block_size_bytes: 2_000_000_000,
      max_insert_block_size: 2_000_000,
      max_block_size: 65_409,
      max_partitions_per_insert_block: 0,
      input_format_native_allow_types_conversion: 1,
    },
  ],
])
export const CURRENT_SETTINGS = 1

/** Values as the topic has them → as the entry table takes them. */
const CONVERTED = new Map([
  ['time', "fromUnixTimestamp64Milli(`time`, 'UTC')"],
  ['received', "toDateTime(`received`, 'UTC')"],
])
const COLUMNS = [...CALL_COLUMNS, ...ORIGIN_COLUMNS].map(([name]) => name).filter(name => name !== 'keep')
const SELECT = COLUMNS.map(name => CONVERTED.get(name) ?? `\`${name}\``)
const STRUCTURE = [...CALL_COLUMNS, ...ORIGIN_COLUMNS].map(([name, type]) => `\`${name}\` ${type}`).join(', ')

export interface CallsInsert {
  /** `calls_in`, or `calls_probe` to try rows without keeping them. */
  readonly into: 'calls_in' | 'calls_probe'
  readonly settings: number
  readonly token: string
}

/** Inserts blocks, without the rows in `leftOut` (one list for each block). Nothing to insert is nothing done. */
export async function insertCalls(
  clickhouse: ClickHouse,
  blocks: readonly StoredBlock[],
  leftOut: readonly (readonly RowRange[])[],
  insert: CallsInsert,
): Promise<void> {
  const pieces = blocks.flatMap((block, index) => [...withOrigin(block, leftOut[index] ?? [], TOPIC)])
  if (pieces.length === 0) return
  await clickhouse.insertNative({
    into: insert.into,
    columns: COLUMNS,
    select: SELECT,
    structure: STRUCTURE,
    where: 'keep = 1',
    settings: settingsOf(insert.settings, insert.token),
    blocks: pieces,
  })
}

export async function insertAccounts(
  clickhouse: ClickHouse,
  rows: readonly AccountRow[],
  settings: number,
  token: string,
): Promise<void> {
  if (rows.length === 0) return
  const columns: NativeColumn[] = [
    { name: 'hour', type: 'Int64', values: rows.map(row => row.hour) },
    { name: 'source', type: 'String', values: rows.map(row => row.source) },
    { name: 'outcome', type: 'String', values: rows.map(row => row.outcome) },
    { name: 'reason', type: 'String', values: rows.map(row => row.reason) },
    { name: 'lines', type: 'UInt64', values: rows.map(row => row.lines) },
    { name: 'heartbeats', type: 'UInt64', values: rows.map(row => row.heartbeats) },
    { name: 'event_through', type: 'Int64', values: rows.map(row => row.through) },
    { name: 'lag', type: 'Int64', values: rows.map(row => row.lag) },
  ]
  const converted = new Map([
    ['hour', "toDateTime(`hour`, 'UTC')"],
    ['event_through', "toDateTime(`event_through`, 'UTC')"],
  ])
  await clickhouse.insertNative(smallInsert('tallies_in', columns, converted, settingsOf(settings, token)))
}

/** Where a range was stored: whole seconds since 1970, and the parts of ClickHouse it made at most. */
export interface Ledger {
  readonly partition: number
  readonly storedAt: number
  readonly parts: number
}

/** Every part in the range, repeats among them: where each stood is what later repeats are told by. */
export async function insertUploads(
  clickhouse: ClickHouse,
  ledger: Ledger,
  blocks: readonly StoredBlock[],
  settings: number,
  token: string,
): Promise<void> {
  const rows = sightingsOf(blocks)
  if (rows.length === 0) return
  const columns: NativeColumn[] = [
    { name: 'partition', type: 'UInt32', values: rows.map(() => ledger.partition) },
    { name: 'key', type: 'String', values: rows.map(row => row.key) },
    { name: 'part', type: 'UInt64', values: rows.map(row => row.part) },
    { name: 'positioned', type: 'UInt8', values: rows.map(row => Number(row.positioned)) },
    { name: 'offset', type: 'UInt64', values: rows.map(row => row.offset) },
    { name: 'log_time', type: 'Int64', values: rows.map(row => row.logTime) },
    { name: 'stored_at', type: 'UInt32', values: rows.map(() => ledger.storedAt) },
    { name: 'parts', type: 'UInt32', values: rows.map((_, index) => (index === 0 ? ledger.parts : 0)) },
  ]
  const converted = new Map([
    ['log_time', "fromUnixTimestamp64Milli(`log_time`, 'UTC')"],
    ['stored_at', "toDateTime(`stored_at`, 'UTC')"],
  ])
  await clickhouse.insertNative(smallInsert('uploads', columns, converted, settingsOf(settings, token)))
}

function smallInsert(
  into: string,
  columns: readonly NativeColumn[],
  converted: ReadonlyMap<string, string>,
  settings: NativeInsert['settings'],
): NativeInsert {
  return {
    into,
    columns: columns.map(({ name }) => name),
    select: columns.map(({ name }) => converted.get(name) ?? `\`${name}\``),
    structure: structureOf(columns),
    settings,
    blocks: [encodeRows(columns)],
  }
}

function settingsOf(version: number, token: string): NativeInsert['settings'] {
  const settings = INSERT_SETTINGS.get(version)
  if (settings === undefined) throw new Error(`invariant: no insert settings of version ${version}`)
  return { ...settings, insert_deduplication_token: token }
}
