import { REPEAT_WINDOW_MS, SCHEMA_VERSION, type StoredBlock, TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Lease } from '../../services/domain/topic.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { faultKind } from '../../services/platform/clickhouse-errors.ts'
import type { Log } from '../../services/platform/log.ts'
import { counter, histogram } from '../../services/platform/metrics.ts'
import { traceInsert } from '../../services/platform/trace-inserts.ts'
import { traceProcess } from '../../services/platform/trace-messages.ts'
import type { Verdict } from '../topic/repeats.ts'
import { UploadMemory } from '../topic/upload-memory.ts'
import { accountsOf } from './accounts.ts'
import type { DeadLetterBox } from './dead-letters.ts'
import { CURRENT_SETTINGS, INSERT_SETTINGS, insertAccounts, insertCalls, insertUploads } from './insert.ts'
import { type Origin, type Pin, readPin, unreadable, writePin } from './pin.ts'
import { checkAge } from './pin-age.ts'
import { findPoison } from './poison.ts'
import { freshRange, leftOutOf, partsOf, pinnedRange } from './range.ts'
import type { RefusedShare } from './refused-share.ts'
import { deadLettersOf, straddling } from './set-aside.ts'
import { askSightings, recentSightings } from './sightings.ts'
import { refuseStored } from './stored-before.ts'

export interface StoreOptions {
  readonly clickhouse: ClickHouse
  readonly dead: DeadLetterBox
  readonly clock: Clock
  readonly log: Log
  /** Version of INSERT_SETTINGS that new ranges are pinned with; a pinned one is repeated with its own. Default: the latest. */
  readonly settings?: number
}

/** How often a lease is kept alive while an insert runs. */
const HEARTBEAT_MS = 3_000

const rowsStored = counter('storedRows')
const partsRepeated = counter('repeats')
const duration = histogram('storeDuration')
const freshness = histogram('freshness')

interface Range {
  readonly blocks: readonly StoredBlock[]
  readonly verdicts: readonly (readonly Verdict[])[]
}

/** One partition under one lease. Thrown away after any fault: a new one reads what stands. */
export class PartitionStore {
  readonly #options: StoreOptions
  readonly #share: RefusedShare
  readonly #memory: UploadMemory
  /** Of what is stored. The log's own time never goes back, also where it did before this process knew the partition. */
  #logTime: number
  #pin: Pin | undefined

  private constructor(
    options: StoreOptions,
    share: RefusedShare,
    memory: UploadMemory,
    logTime: number,
    pin: Pin | undefined,
  ) {
    this.#options = options
    this.#share = share
    this.#memory = memory
    this.#logTime = logTime
    this.#pin = pin
  }

  /**
   * Reads the pin and the window of repeats back. `share` is that of all partitions. Throws LC_PIN_UNREADABLE,
   * LC_STORE_BEHIND and what ClickHouse throws.
   */
  static async open(lease: Lease, options: StoreOptions, share: RefusedShare): Promise<PartitionStore> {
    const { offset, metadata } = await lease.committed()
    const pin = readPin(metadata)
    if (
      pin !== undefined &&
      (pin.schema > SCHEMA_VERSION || pin.window !== REPEAT_WINDOW_MS || !INSERT_SETTINGS.has(pin.settings))
    )
      throw unreadable()
    await refuseStored(options.clickhouse, lease.partition, pin === undefined ? offset : pin.last + 1n)
    const memory = new UploadMemory({ ask: askSightings(options.clickhouse, lease.partition) })
    const { sightings, since } = await recentSightings(options.clickhouse, lease.partition, offset)
    memory.load(sightings, offset, since)
    return new PartitionStore(options, share, memory, sightings.at(-1)?.logTime ?? 0, pin)
  }

  get wanted(): bigint | undefined {
    return this.#pin?.last
  }

  /** Stores the offered blocks, range by range. Throws the fault that stopped it; what was committed stays. */
  async take(lease: Lease, offered: readonly StoredBlock[]): Promise<void> {
    const beating = setInterval(() => void lease.heartbeat().catch(() => {}), HEARTBEAT_MS)
    try {
      await this.#take(lease, offered)
    } finally {
      clearInterval(beating)
    }
  }

  async #take(lease: Lease, offered: readonly StoredBlock[]): Promise<void> {
    let rest = this.#inOrder(offered)
    refuseNewer(rest, lease.partition)
    const pin = this.#pin
    if (pin !== undefined) {
      const cut = pinnedRange(rest, pin, lease.partition)
      await checkAge(this.#options.clickhouse, pin, this.#options.clock.now(), lease.partition)
      rest = (await this.#traced(lease, cut.range, pin)) ? cut.rest : []
    }
    while (rest.length > 0) {
      const cut = freshRange(rest)
      const fresh = await this.#pinRange(lease, cut.range, [])
      rest = (await this.#traced(lease, cut.range, fresh)) ? cut.rest : []
    }
  }

  #traced(lease: Lease, blocks: readonly StoredBlock[], pin: Pin): Promise<boolean> {
    return traceProcess(lease.partition, blocks, () => this.#store(lease, blocks, pin))
  }

  /** What is offered now may be offered again: only what is stored moves the time on. */
  #inOrder(offered: readonly StoredBlock[]): readonly StoredBlock[] {
    let highest = this.#logTime
    return offered.map(block => {
      highest = Math.max(highest, block.logTime)
      return block.logTime === highest ? block : { ...block, logTime: highest }
    })
  }

  /** Writes the pin before anything of the range is inserted. Undefined when it does not hold so many rows set aside. */
  async #tryPin(lease: Lease, blocks: readonly StoredBlock[], aside: readonly Origin[]): Promise<Pin | undefined> {
    const first = blocks[0]
    const last = blocks.at(-1)
    if (first === undefined || last === undefined) throw new Error('invariant: a range without blocks')
    const pin = {
      last: last.offset,
      schema: SCHEMA_VERSION,
      settings: this.#options.settings ?? CURRENT_SETTINGS,
      window: REPEAT_WINDOW_MS,
      at: this.#options.clock.now(),
      aside,
    }
    const text = writePin(pin)
    if (text === undefined) return undefined
    await lease.commit(first.offset, text)
    this.#pin = pin
    return pin
  }

  async #pinRange(lease: Lease, blocks: readonly StoredBlock[], aside: readonly Origin[]): Promise<Pin> {
    const pin = await this.#tryPin(lease, blocks, aside)
    if (pin === undefined) throw new Error('invariant: a pin without rows set aside is short')
    return pin
  }

  /**
   * Inserts a pinned range and commits. When rows of it are refused it is pinned again without them, shorter where
   * they are too many for one pin: nothing of it was stored yet. False when it was cut shorter.
   */
  async #store(lease: Lease, blocks: readonly StoredBlock[], pin: Pin): Promise<boolean> {
    const range = { blocks, verdicts: await this.#memory.judge(blocks) }
    await this.#setAside(
      straddling(range.blocks, range.verdicts, lease.partition),
      'a part begins inside what was stored and ends beyond it',
    )
    try {
      await this.#insert(lease, range, pin)
    } catch (error) {
      if (faultKind(error) !== 'data') throw error
      return this.#storeWithout(lease, range, pin, error)
    }
    await this.#commit(lease, range, pin)
    return true
  }

  async #storeWithout(lease: Lease, range: Range, pin: Pin, refusal: unknown): Promise<boolean> {
    const counted = range.blocks.map((block, index) => leftOutOf(block, range.verdicts[index] ?? [], []))
    const aside = await findPoison(this.#options.clickhouse, range.blocks, counted)
    // All rows were refused before, or none is refused alone: nothing a smaller insert would mend.
    if (aside.length <= pin.aside.length) throw refusal
    this.#share.allow(rowsOf(range.blocks), aside.length)
    const why = refusal instanceof Error ? refusal.message.slice(0, 300) : String(refusal)
    await this.#setAside(deadLettersOf(range.blocks, aside, lease.partition, why), why)
    for (let end = range.blocks.length; end > 0; end = end >> 1) {
      const blocks = range.blocks.slice(0, end)
      const last = blocks.at(-1)?.offset ?? 0n
      const shorter = await this.#tryPin(
        lease,
        blocks,
        aside.filter(({ offset }) => offset <= last),
      )
      if (shorter === undefined) continue
      const part = { blocks, verdicts: range.verdicts.slice(0, end) }
      await this.#insert(lease, part, shorter)
      await this.#commit(lease, part, shorter)
      return end === range.blocks.length
    }
    throw new LcError(
      'LC_STORE_POISON',
      `Rows of one block of partition ${lease.partition} are refused in more runs than a pin holds.`,
      'Look at the log for what ClickHouse refuses; usually a migration is missing: `lastcall migrate`.',
    )
  }

  /** Calls, then what became of the lines, then where the uploads stood: the commit comes after all three. */
  async #insert(lease: Lease, { blocks, verdicts }: Range, pin: Pin): Promise<void> {
    const { clickhouse, clock } = this.#options
    const token = `${TOPIC}:${lease.partition}:${blocks[0]?.offset}-${pin.last}`
    const leftOut = blocks.map((block, index) => leftOutOf(block, verdicts[index] ?? [], pin.aside))
    const began = clock.now()
    refuseFenced(lease)
    const into = { into: 'calls_in', settings: pin.settings, token } as const
    await traceInsert('calls', () => insertCalls(clickhouse, blocks, leftOut, into))
    refuseFenced(lease)
    const accounts = accountsOf(blocks, verdicts, pin.aside)
    await traceInsert('tallies', () => insertAccounts(clickhouse, accounts, pin.settings, `${token}:tallies`))
    refuseFenced(lease)
    const ledger = { partition: lease.partition, storedAt: Math.floor(clock.now() / 1000), parts: partsOf(blocks) }
    await traceInsert('uploads', () => insertUploads(clickhouse, ledger, blocks, pin.settings, `${token}:uploads`))
    const out = leftOut.flat().reduce((sum, { rows }) => sum + rows, 0)
    rowsStored.add(rowsOf(blocks) - out)
    duration.record((clock.now() - began) / 1000)
  }

  async #commit(lease: Lease, { blocks, verdicts }: Range, pin: Pin): Promise<void> {
    await lease.commit(pin.last + 1n, '')
    this.#pin = undefined
    this.#logTime = blocks.at(-1)?.logTime ?? this.#logTime
    this.#memory.learn(blocks)
    this.#share.stored(rowsOf(blocks), pin.aside.length)
    freshness.record(Math.max(0, this.#options.clock.now() - (blocks[0]?.logTime ?? 0)) / 1000)
    partsRepeated.add(verdicts.flat().filter(verdict => verdict === 'repeat').length)
  }

  async #setAside(letters: Parameters<DeadLetterBox['put']>[0], reason: string): Promise<void> {
    if (letters.length === 0) return
    await this.#options.dead.put(letters)
    this.#options.log.error({ partition: letters[0]?.partition, rows: letters.length, reason }, 'rows were set aside')
  }
}

const rowsOf = (blocks: readonly StoredBlock[]): number => blocks.reduce((sum, block) => sum + block.rows, 0)

function refuseFenced(lease: Lease): void {
  if (lease.current()) return
  throw new LcError(
    'LC_TOPIC_FENCED',
    `Partition ${lease.partition} is no longer ours.`,
    'Nothing: whoever has it now goes on.',
  )
}

/** ClickHouse would drop a column it does not know in silence. */
function refuseNewer(blocks: readonly StoredBlock[], partition: number): void {
  const newer = blocks.find(block => block.headers.schema > SCHEMA_VERSION)
  if (newer === undefined) return
  throw new LcError(
    'LC_STORE_SCHEMA_NEWER',
    `Partition ${partition} has blocks of schema ${newer.headers.schema}; this store knows ${SCHEMA_VERSION}.`,
    'Update the store before the collectors.',
  )
}
