import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import type { Pin } from './pin.ts'

/** `uploads` remembers at most this long what was stored since, and before. */
const OLDEST_PIN_MS = 90 * 86_400_000
/** Of the 100,000 parts a table remembers tokens of: room for ranges of others that are under way. */
const MOST_PARTS = 80_000
/** A pin so young cannot have been outrun. */
const YOUNG_MS = 10_000
/** How far the clocks of two stores may differ. */
const SKEW_MS = 300_000

/**
 * Refuses to repeat a pin whose token ClickHouse may have forgotten: the rows might count twice. A table remembers
 * the last 100,000 parts, not inserts; how many were made since stands in `uploads`. Throws LC_STORE_PIN_OLD.
 */
export async function checkAge(clickhouse: ClickHouse, pin: Pin, now: number, partition: number): Promise<void> {
  const age = now - pin.at
  if (age < YOUNG_MS) return
  if (age > OLDEST_PIN_MS) throw tooOld(partition, 'more than 90 days ago')
  const since = Math.max(0, Math.floor((pin.at - SKEW_MS) / 1000))
  const [row] = await clickhouse.query(
    'SELECT sum(parts) AS n FROM uploads WHERE stored_at >= toDateTime({since:Int64})',
    { since },
    { n: count },
  )
  if ((row?.n ?? 0) > MOST_PARTS) throw tooOld(partition, `${row?.n} parts of other ranges ago`)
}

function tooOld(partition: number, when: string): LcError {
  return new LcError(
    'LC_STORE_PIN_OLD',
    `Partition ${partition} was pinned ${when}: whether its rows were stored may be forgotten.`,
    'Compare the calls of that partition and offset in ClickHouse with `lastcall topic cat`. Set the group behind the range when they are there, to its first offset when not (kafka-consumer-groups.sh --reset-offsets), and start the store once with --accept-moved.',
  )
}
