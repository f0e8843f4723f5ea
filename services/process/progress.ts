import type { Clock } from '../domain/clock.ts'
import type { Lease, TopicHandler } from '../domain/topic.ts'

/** How far the store has come, partition by partition, as its commits pass by. */
export class Progress {
  readonly #stored = new Map<number, bigint>()
  /** Log time of the newest block stored, milliseconds UTC. */
  readonly #newest = new Map<number, number>()

  /** The handler, watched. */
  watch(handler: TopicHandler): TopicHandler {
    return {
      assigned: async lease => {
        await handler.assigned(lease)
        this.#stored.set(lease.partition, (await lease.committed()).offset)
      },
      blocks: async (lease: Lease, blocks) => {
        await handler.blocks(lease, blocks)
        const { offset } = await lease.committed()
        this.#stored.set(lease.partition, offset)
        const newest = blocks.findLast(block => block.offset < offset)
        if (newest !== undefined) this.#newest.set(lease.partition, newest.logTime)
      },
      wanted: partition => handler.wanted?.(partition),
      revoked: partition => {
        this.#stored.delete(partition)
        this.#newest.delete(partition)
        handler.revoked(partition)
      },
    }
  }

  /** Partitions that are ours now. */
  partitions(): readonly number[] {
    return [...this.#stored.keys()]
  }

  /** Blocks on a partition that are not stored yet. */
  lag(partition: number, end: bigint): number {
    return Number(end - (this.#stored.get(partition) ?? 0n))
  }

  /** Milliseconds since the newest stored block came to the topic; 0 when nothing waits, undefined while nothing was stored here. */
  behind(partition: number, end: bigint, now: number): number | undefined {
    if (this.lag(partition, end) <= 0) return 0
    const newest = this.#newest.get(partition)
    return newest === undefined ? undefined : Math.max(0, now - newest)
  }

  /** Resolves when every partition has been stored up to these ends. */
  async reached(ends: readonly bigint[], clock: Clock): Promise<void> {
    while (!ends.every((end, partition) => (this.#stored.get(partition) ?? -1n) >= end)) await clock.sleep(50)
  }
}
