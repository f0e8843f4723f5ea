import type { Lease, TopicHandler } from '../../services/domain/topic.ts'
import { counter } from '../../services/platform/metrics.ts'
import { Forgetting } from './forget-uploads.ts'
import { PartitionStore, type StoreOptions } from './partition-store.ts'
import { RefusedShare } from './refused-share.ts'

const pinsReplayed = counter('pinsReplayed')

/**
 * Topic → ClickHouse, each row once. A range of contiguous offsets is pinned beside the committed offset, inserted
 * under a token of its own, repeated alike until it succeeds, and only then committed. Whoever takes the partition
 * next finds the pin and inserts the same range again, alike: ClickHouse knows the token and adds nothing.
 * What goes wrong is thrown: the topic stops that partition for a while and offers the same blocks again.
 */
export function createStore(options: StoreOptions): TopicHandler {
  const partitions = new Map<number, PartitionStore>()
  const forgetting = new Forgetting(options.clickhouse, options.clock, options.log)
  const share = new RefusedShare()
  const open = async (lease: Lease): Promise<PartitionStore> => {
    const store = await PartitionStore.open(lease, options, share)
    partitions.set(lease.partition, store)
    return store
  }
  return {
    async assigned(lease) {
      // Found at an assignment; one that is repeated because an insert failed here is no news.
      if ((await open(lease)).wanted !== undefined) pinsReplayed.add(1)
    },
    async blocks(lease, blocks) {
      const store = partitions.get(lease.partition) ?? (await open(lease))
      try {
        await store.take(lease, blocks)
      } catch (error) {
        // What it remembered may be ahead of what stands.
        partitions.delete(lease.partition)
        throw error
      }
      await forgetting.now()
    },
    wanted: partition => partitions.get(partition)?.wanted,
    revoked(partition) {
      partitions.delete(partition)
    },
  }
}
