import type { StoredBlock } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Lease, TopicHandler } from '../../services/domain/topic.ts'
import { PAYS_ROWS, restAfter } from './rest.ts'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 5_000

/** What the loop needs of the log of one partition. */
export interface PartitionSource {
  committed(): Promise<{ readonly offset: bigint; readonly metadata: string }>
  commit(offset: bigint, metadata: string): Promise<void>
  /** Blocks from `offset` on, up to `wanted` at least when it is given; none when they are not there yet. */
  read(offset: bigint, wanted: bigint | undefined): Promise<readonly StoredBlock[]>
  /** Rows at hand that are not committed, where that is known without asking. */
  readonly waiting?: () => number
}

export interface PartitionLoopOptions {
  readonly partition: number
  readonly source: PartitionSource
  readonly handler: TopicHandler
  readonly clock: Clock
  /** Least time between two calls of the handler, so that a trickle gathers instead of coming one by one. */
  readonly gatherMs: number
  readonly onFault: (partition: number, error: unknown) => void
  /** The loop before this one on the same partition: two never run side by side. */
  readonly after?: Promise<void>
}

/** Offers one partition's blocks to a handler until it is stopped. */
export class PartitionLoop {
  readonly #options: PartitionLoopOptions
  readonly #stop = new AbortController()
  readonly #lease: OwnLease
  readonly #ended: Promise<void>
  #news = Promise.withResolvers<void>()
  #resting: AbortController | undefined

  constructor(options: PartitionLoopOptions) {
    this.#options = options
    this.#lease = new OwnLease(options.partition, options.source)
    this.#ended = this.#run()
  }

  /** Something was appended. */
  notify(): void {
    this.#news.resolve()
    if (this.#enough()) this.#resting?.abort()
  }

  /** Finishes the running call, then ends; the lease is void from then on. */
  stop(): Promise<void> {
    this.#stop.abort()
    this.#news.resolve()
    return this.#ended
  }

  /** The partition may belong to somebody else from now on: the lease is void at once, the running call will see it. */
  fence(): Promise<void> {
    this.#lease.end()
    return this.stop()
  }

  async #run(): Promise<void> {
    const { partition, handler, onFault } = this.#options
    await this.#options.after
    let assigned = false
    let pause = 0
    while (!this.#stop.signal.aborted) {
      try {
        if (!assigned) {
          await handler.assigned(this.#lease)
          assigned = true
        }
        const moved = await this.#turn()
        pause = moved ? 0 : longer(pause)
      } catch (error) {
        // Work cut off because the lease went away is nobody's fault.
        if (this.#lease.current()) onFault(partition, error)
        pause = longer(pause)
      }
      if (pause > 0) await this.#sleep(pause)
    }
    this.#lease.end()
    if (assigned) handler.revoked(partition)
  }

  /** One call of the handler, or one wait for news. False when the handler did not move on. */
  async #turn(): Promise<boolean> {
    const { source, handler, gatherMs, clock } = this.#options
    this.#news = Promise.withResolvers<void>()
    const { offset } = await source.committed()
    const blocks = await source.read(offset, handler.wanted?.(this.#options.partition))
    const first = blocks[0]
    if (first === undefined) {
      if (!this.#stop.signal.aborted) await this.#news.promise
      return true
    }
    if (first.offset !== offset) throw gap(this.#options.partition, offset, first.offset)
    if (this.#stop.signal.aborted) return true
    const began = clock.now()
    await handler.blocks(this.#lease, blocks)
    const moved = (await source.committed()).offset > offset
    const took = clock.now() - began
    if (moved) await this.#rest(restAfter(blocks, took, gatherMs))
    return moved
  }

  /** A backlog is not waited for. */
  async #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#enough()) return
    this.#resting = new AbortController()
    const signal = AbortSignal.any([this.#stop.signal, this.#resting.signal])
    await this.#options.clock.sleep(ms, signal).catch(() => {})
    this.#resting = undefined
  }

  #enough(): boolean {
    return (this.#options.source.waiting?.() ?? 0) >= PAYS_ROWS
  }

  async #sleep(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#stop.signal).catch(() => {})
  }
}

function longer(pause: number): number {
  return Math.min(pause === 0 ? FIRST_PAUSE_MS : pause * 2, LONGEST_PAUSE_MS)
}

/** Blocks between what is committed and what the log still has: they are lost. */
export function gap(partition: number, wanted: bigint, found: bigint): LcError {
  return new LcError(
    'LC_TOPIC_GAP',
    `Partition ${partition} should go on at offset ${wanted}, but the first block there is ${found}.`,
    'Blocks were lost before they were stored (retention, a restored disk). Restore them before the store goes on.',
  )
}

export function fenced(partition: number, cause?: unknown): LcError {
  return new LcError(
    'LC_TOPIC_FENCED',
    `Partition ${partition} is no longer ours.`,
    'Nothing: another store goes on where this one stood.',
    3,
    cause === undefined ? {} : { cause },
  )
}

/** The right to a partition as long as its loop runs. */
class OwnLease implements Lease {
  readonly partition: number
  readonly #source: PartitionSource
  #current = true

  constructor(partition: number, source: PartitionSource) {
    this.partition = partition
    this.#source = source
  }

  committed(): Promise<{ readonly offset: bigint; readonly metadata: string }> {
    return this.#source.committed()
  }
  async commit(offset: bigint, metadata: string): Promise<void> {
    if (!this.#current) throw fenced(this.partition)
    await this.#source.commit(offset, metadata)
  }
  current(): boolean {
    return this.#current
  }
  async heartbeat(): Promise<void> {
    if (!this.#current) throw fenced(this.partition)
  }
  end(): void {
    this.#current = false
  }
}
