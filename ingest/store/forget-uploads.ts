import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'
import type { Log } from '../../services/platform/log.ts'

/** Behind what a repeat can reach: partitions of the topic do not move at one speed. */
const MARGIN_MS = 86_400_000
const EVERY_MS = 3_600_000

/**
 * Drops the days of `uploads` that no repeat can reach any more: W and a day behind the partition whose stored blocks
 * are oldest by the log's time. A partition that stands still with a backlog, or with a pin, holds its days back.
 * Answers how many days were dropped.
 */
export async function forgetUploads(clickhouse: ClickHouse): Promise<number> {
  const reach = Math.floor((REPEAT_WINDOW_MS + MARGIN_MS) / 1000)
  const [oldest] = await clickhouse.query(
    `SELECT toYYYYMMDD(toDateTime(min(latest)) - toIntervalSecond(${reach})) AS day
     FROM (SELECT max(log_time) AS latest FROM uploads WHERE positioned = 0 GROUP BY partition)`,
    {},
    { day: count },
  )
  const days = await clickhouse.query(
    "SELECT DISTINCT partition AS day FROM system.parts WHERE database = currentDatabase() AND table = 'uploads' AND active",
    {},
    { day: text },
  )
  let dropped = 0
  for (const { day } of days) {
    const [, number] = /^\(0,(\d{8})\)$/.exec(day) ?? []
    if (number === undefined || Number(number) >= (oldest?.day ?? 0)) continue
    await clickhouse.command(`ALTER TABLE uploads DROP PARTITION (0, ${Number(number)})`)
    dropped += 1
  }
  return dropped
}

/** Forgets once an hour at the most; a failure is told and tried again an hour later. */
export class Forgetting {
  readonly #clickhouse: ClickHouse
  readonly #clock: Clock
  readonly #log: Log
  #next: number

  constructor(clickhouse: ClickHouse, clock: Clock, log: Log) {
    this.#clickhouse = clickhouse
    this.#clock = clock
    this.#log = log
    this.#next = clock.now() + EVERY_MS
  }

  async now(): Promise<void> {
    const now = this.#clock.now()
    if (now < this.#next) return
    this.#next = now + EVERY_MS
    await forgetUploads(this.#clickhouse).catch(error => this.#log.warn({ err: error }, 'old uploads were not dropped'))
  }
}
