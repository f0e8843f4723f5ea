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
        // First: a partition that cannot begin must be seen to fall behind.
        this.#stored.set(lease.partition, (await lease.committed()).offset)
        await handler.assigned(lease)
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

  /** Whether a partition is ours now. */
  has(partition: number): boolean {
    return this.#stored.has(partition)
  }

  /** Blocks on a partition that are not stored yet; `end` may be of a moment ago. */
  lag(partition: number, end: bigint): number {
    return Math.max(0, Number(end - (this.#stored.get(partition) ?? 0n)))
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
