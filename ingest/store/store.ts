import { REPEAT_WINDOW_MS, SCHEMA_VERSION, type StoredBlock, TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Lease, TopicHandler } from '../../services/domain/topic.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { faultKind } from '../../services/platform/clickhouse-errors.ts'
import type { Log } from '../../services/platform/log.ts'
import { counter, histogram } from '../../services/platform/metrics.ts'
import type { RowRange } from '../block/append-columns.ts'
import { decodeBlock, rowsFrom } from '../block/decode.ts'
import type { Verdict } from '../topic/repeats.ts'
import { UploadMemory } from '../topic/upload-memory.ts'
import { accountsOf } from './accounts.ts'
import type { DeadLetters } from './dead-letters.ts'
import { CURRENT_SETTINGS, insertAccounts, insertCalls, insertUploads } from './insert.ts'
import { type Origin, type Pin, readPin, writePin } from './pin.ts'
import { findPoison } from './poison.ts'
import { askSightings, recentSightings } from './sightings.ts'

export interface StoreOptions {
  readonly clickhouse: ClickHouse
  readonly dead: DeadLetters
  readonly clock: Clock
  readonly log: Log
}

/** A pin older than this is refused: the shortest memory of its token (100,000 parts) may be over. */
const OLDEST_PIN_MS = 7 * 86_400_000

/**
 * Topic → ClickHouse, each row once. A range of contiguous offsets is pinned beside the committed offset, inserted
 * under a token of its own, repeated alike until it succeeds, and only then committed. Whoever takes the partition
 * next finds the pin and inserts the same range again, alike: ClickHouse knows the token and adds nothing.
 */
export function createStore(options: StoreOptions): TopicHandler {
  const partitions = new Map<number, PartitionStore>()
  return {
    async assigned(lease) {
      partitions.set(lease.partition, await PartitionStore.open(lease, options))
    },
    async blocks(lease, blocks) {
      const store = partitions.get(lease.partition) ?? (await PartitionStore.open(lease, options))
      partitions.set(lease.partition, store)
      try {
        await store.take(lease, blocks)
      } catch (error) {
        partitions.delete(lease.partition) // what it remembered may be ahead of what stands
        throw error
      }
    },
    revoked(partition) {
      partitions.delete(partition)
    },
  }
}

class PartitionStore {
  readonly #options: StoreOptions
  readonly #memory: UploadMemory
  #pin: Pin | undefined
  readonly #rows = counter('storedRows')
  readonly #repeats = counter('repeats')
  readonly #replayed = counter('pinsReplayed')
  readonly #duration = histogram('storeDuration')

  private constructor(options: StoreOptions, memory: UploadMemory, pin: Pin | undefined) {
    this.#options = options
    this.#memory = memory
    this.#pin = pin
  }

  static async open(lease: Lease, options: StoreOptions): Promise<PartitionStore> {
    const { offset, metadata } = await lease.committed()
    const memory = new UploadMemory({ ask: askSightings(options.clickhouse, lease.partition) })
    const { sightings, since } = await recentSightings(options.clickhouse, lease.partition, offset)
    memory.load(sightings, offset, since)
    return new PartitionStore(options, memory, readPin(metadata))
  }

  async take(lease: Lease, blocks: readonly StoredBlock[]): Promise<void> {
    const newer = blocks.find(block => block.headers.schema > SCHEMA_VERSION)
    if (newer !== undefined) {
      throw new LcError('LC_STORE_SCHEMA_NEWER', `Partition ${lease.partition} has blocks of schema ${newer.headers.schema}; this store knows ${SCHEMA_VERSION}.`, 'Update the store before the collectors.')
    }
    let rest = blocks
    const pin = this.#pin
    if (pin !== undefined) {
      const range = blocks.filter(block => block.offset <= pin.last)
      if (range.at(-1)?.offset !== pin.last) {
        throw new LcError('LC_STORE_PIN_SHORT', `The pinned range of partition ${lease.partition} ends at ${pin.last}, the topic offers less.`, 'Blocks of it were lost (retention, a restored disk); restore them before the store goes on.')
      }
      if (this.#options.clock.now() - pin.at > OLDEST_PIN_MS) {
        throw new LcError('LC_STORE_PIN_OLD', `Partition ${lease.partition} was pinned more than 7 days ago; its rows may have been stored and forgotten.`, 'Compare calls of that partition and offset in ClickHouse, then commit or clear the pin by hand.')
      }
      this.#replayed.add(1)
      await this.#storeRange(lease, range, pin)
      rest = blocks.slice(range.length)
    }
    if (rest.length > 0) await this.#storeRange(lease, rest, await this.#newPin(lease, rest))
  }

  async #newPin(lease: Lease, blocks: readonly StoredBlock[], aside: readonly Origin[] = []): Promise<Pin> {
    const first = blocks[0]
    const last = blocks.at(-1)
    if (first === undefined || last === undefined) throw new Error('invariant: a range without blocks')
    const pin: Pin = { last: last.offset, schema: SCHEMA_VERSION, settings: CURRENT_SETTINGS, window: REPEAT_WINDOW_MS, at: this.#options.clock.now(), aside }
    await lease.commit(first.offset, writePin(pin))
    this.#pin = pin
    return pin
  }

  async #storeRange(lease: Lease, blocks: readonly StoredBlock[], pinned: Pin): Promise<void> {
    const verdicts = await this.#memory.judge(blocks)
    if (verdicts.some(of => of.includes('straddles'))) {
      throw new LcError('LC_STORE_STRADDLE', `A range on partition ${lease.partition} overlaps one that was stored.`, 'A followed or imported file was sent from another position than it had reached; stop that source and read the log.')
    }
    const first = blocks[0]?.offset ?? 0n
    let pin = pinned
    let token = `${TOPIC}:${lease.partition}:${first}-${pin.last}`
    for (;;) {
      try {
        await this.#insert(lease, blocks, verdicts, pin, token)
        break
      } catch (error) {
        if (faultKind(error) !== 'data') throw error
        const aside = await findPoison(this.#options.clickhouse, blocks)
        if (aside.length === pin.aside.length) throw error
        await this.#setAside(lease, blocks, aside, error)
        pin = await this.#newPin(lease, blocks, aside)
        token = `${TOPIC}:${lease.partition}:${first}-${pin.last}`
      }
    }
    await lease.commit(pin.last + 1n, '')
    this.#pin = undefined
    this.#memory.learn(blocks)
    this.#repeats.add(verdicts.flat().filter(verdict => verdict === 'repeat').length)
  }

  /** Calls, then what became of the lines, then where the uploads stood: the commit comes after all three. */
  async #insert(lease: Lease, blocks: readonly StoredBlock[], verdicts: readonly (readonly Verdict[])[], pin: Pin, token: string): Promise<void> {
    const { clickhouse, clock } = this.#options
    if (!lease.current()) throw new LcError('LC_TOPIC_FENCED', `Partition ${lease.partition} is no longer ours.`, 'Nothing: whoever has it now goes on.')
    const began = clock.now()
    const leftOut = blocks.map((block, index) => leftOutOf(block, verdicts[index] ?? [], pin.aside))
    await insertCalls(clickhouse, blocks, leftOut, { into: 'calls_in', settings: pin.settings, token })
    await insertAccounts(clickhouse, accountsOf(blocks, verdicts, pin.aside), pin.settings, `${token}:tallies`)
    await insertUploads(clickhouse, lease.partition, blocks, pin.settings, `${token}:uploads`)
    this.#rows.add(blocks.reduce((sum, block) => sum + block.rows, 0))
    this.#duration.record((clock.now() - began) / 1000)
  }

  async #setAside(lease: Lease, blocks: readonly StoredBlock[], aside: readonly Origin[], why: unknown): Promise<void> {
    const reason = why instanceof Error ? why.message.slice(0, 300) : String(why)
    const letters = aside.map(({ offset, row }) => {
      const block = blocks.find(one => one.offset === offset)
      const values = block === undefined ? undefined : rowsFrom(decodeBlock(block.payload))[row]
      return { topic: TOPIC, partition: lease.partition, offset, row, reason, values: Object.fromEntries([...(values ?? [])].map(([name, value]) => [name, String(value)])) }
    })
    await this.#options.dead.put(letters)
    this.#options.log.error({ partition: lease.partition, rows: aside.length, reason }, 'rows were set aside: ClickHouse refuses them')
  }
}

function leftOutOf(block: StoredBlock, verdicts: readonly Verdict[], aside: readonly Origin[]): RowRange[] {
  const repeats = block.headers.uploads.filter((_, index) => verdicts[index] === 'repeat').map(({ first, rows }) => ({ first, rows }))
  return [...repeats, ...aside.filter(({ offset }) => offset === block.offset).map(({ row }) => ({ first: row, rows: 1 }))]
}
