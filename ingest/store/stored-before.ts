import { TOPIC } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { big, count } from '../../services/platform/clickhouse-rows.ts'

/**
 * A group whose offset went back, or was forgotten by the brokers, would have everything above it counted twice: the
 * tables know what they hold. Throws LC_STORE_BEHIND when blocks at or above `next` are stored already.
 */
export async function refuseStored(clickhouse: ClickHouse, partition: number, next: bigint): Promise<void> {
  const sql = 'SELECT max(offset) AS top, count() AS n FROM uploads WHERE partition = {partition:UInt32}'
  const [found] = await clickhouse.query(sql, { partition }, { top: big, n: count })
  if (found === undefined || found.n === 0 || found.top < next) return
  throw new LcError(
    'LC_STORE_BEHIND',
    `Partition ${partition} of ${TOPIC} would go on at offset ${next}, but ${found.top} is stored already: rows would count twice.`,
    `Set the group's offset of this partition to ${found.top + 1n} (kafka-consumer-groups --reset-offsets --to-offset), then start the store once with --accept-moved.`,
    3,
  )
}
