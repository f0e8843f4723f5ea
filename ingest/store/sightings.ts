import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { big, count, text } from '../../services/platform/clickhouse-rows.ts'
import type { Sighting } from '../topic/repeats.ts'
import type { AskSightings } from '../topic/upload-memory.ts'

const SHAPE = { key: text, part: count, positioned: count, at_offset: big, at_time: big }
const COLUMNS = 'key, part, positioned, offset AS at_offset, toUnixTimestamp64Milli(log_time) AS at_time'
/** Read back on assignment at the most; what is older is asked for when it matters. */
const MOST = 250_000
/** Keys in one question. */
const KEYS = 1_000

/** The parts of the window before `offset`, in the order of offsets, and the log time since which none is missing. */
export async function recentSightings(
  clickhouse: ClickHouse,
  partition: number,
  offset: bigint,
): Promise<{ readonly sightings: readonly Sighting[]; readonly since: number }> {
  const sql = `SELECT ${COLUMNS} FROM (
    SELECT * FROM uploads WHERE partition = {partition:UInt32} AND offset < {offset:UInt64} AND positioned = 0
      AND log_time >= (SELECT max(log_time) FROM uploads WHERE partition = {partition:UInt32} AND offset < {offset:UInt64}) - toIntervalMillisecond(${REPEAT_WINDOW_MS})
    ORDER BY offset DESC LIMIT ${MOST}
  ) ORDER BY at_offset`
  const rows = await clickhouse.query(sql, { partition, offset }, SHAPE)
  const sightings = rows.map(sightingOf)
  const first = sightings[0]
  if (first === undefined)
    return { sightings, since: offset === 0n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY }
  // A full window says nothing of its oldest instant: another part of it may have been cut off.
  return {
    sightings,
    since: sightings.length < MOST ? (sightings.at(-1)?.logTime ?? 0) - REPEAT_WINDOW_MS : first.logTime,
  }
}

/** Asks the table for parts of given keys below an offset. */
export function askSightings(clickhouse: ClickHouse, partition: number): AskSightings {
  return async (keys, offset) => {
    const found: Sighting[] = []
    for (let at = 0; at < keys.length; at += KEYS) {
      const sql = `SELECT ${COLUMNS} FROM uploads WHERE partition = {partition:UInt32} AND key IN {keys:Array(String)} AND offset < {offset:UInt64} ORDER BY at_offset`
      const rows = await clickhouse.query(sql, { partition, keys: keys.slice(at, at + KEYS), offset }, SHAPE)
      found.push(...rows.map(sightingOf))
    }
    return found
  }
}

function sightingOf(row: {
  readonly key: string
  readonly part: number
  readonly positioned: number
  readonly at_offset: bigint
  readonly at_time: bigint
}): Sighting {
  return {
    key: row.key,
    part: row.part,
    positioned: row.positioned === 1,
    offset: row.at_offset,
    logTime: Number(row.at_time),
  }
}
