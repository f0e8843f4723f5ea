import { join } from 'node:path'
import type { Block, BlockHeaders, StoredBlock } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Consumption, PositionStore, Topic, TopicHandler } from '../../services/domain/topic.ts'
import { rowsOf } from '../block/native.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { PartitionLoop, type PartitionSource } from './partition-loop.ts'
import { SqliteThread } from './sqlite-thread.ts'
import { Writer } from './writer.ts'

export interface SqliteTopicOptions {
  /** The data folder; made when absent, taken for this process alone. The log is `topic.db` in it. */
  readonly folder: string
  readonly clock: Clock
  /** Fixed for the topic's life; default 4. */
  readonly partitions?: number
  /** Bytes the log may hold on disk; default 4 GiB. At the limit `append` rejects with LC_TOPIC_FULL. */
  readonly limitBytes?: number
  /** Least time between two calls of a partition's handler; default 500. */
  readonly gatherMs?: number
  /** What one call of the handler is given at most; default 8 MiB and 256 blocks. */
  readonly batch?: { readonly bytes: number; readonly blocks: number }
  /** Told when a handler threw or a partition cannot go on; it is offered again by itself. */
  readonly onFault?: (partition: number, error: unknown) => void
}

export const TOPIC_FILE = 'topic.db'
const PARTITIONS = 4
const LIMIT_BYTES = 4 * 1024 ** 3
const GATHER_MS = 500
const BATCH = { bytes: 8 * 1024 * 1024, blocks: 256 }
/** Bytes that may wait for the disk in memory. */
const WAITING_BYTES = 64 * 1024 * 1024

/**
 * The topic on SQLite: for one process, on a local disk. Opens or makes it.
 * Throws LC_DATA_LOCKED, LC_DATA_FOLDER, LC_TOPIC_PARTITIONS, LC_TOPIC_VERSION, LC_TOPIC_DOWN.
 */
export async function openSqliteTopic(options: SqliteTopicOptions): Promise<Topic & PositionStore> {
  const partitions = options.partitions ?? PARTITIONS
  const lock = lockFolder(options.folder)
  try {
    const thread = await SqliteThread.open({
      file: join(options.folder, TOPIC_FILE),
      partitions,
      limit: options.limitBytes ?? LIMIT_BYTES,
    })
    return new SqliteTopic(options, partitions, lock, thread)
  } catch (error) {
    lock.release()
    throw error
  }
}

class SqliteTopic implements Topic, PositionStore {
  readonly partitions: number
  readonly #options: SqliteTopicOptions
  readonly #lock: FolderLock
  readonly #thread: SqliteThread
  readonly #writer: Writer
  #loops: readonly PartitionLoop[] = []
  #closing: Promise<void> | undefined

  constructor(options: SqliteTopicOptions, partitions: number, lock: FolderLock, thread: SqliteThread) {
    this.partitions = partitions
    this.#options = options
    this.#lock = lock
    this.#thread = thread
    this.#writer = new Writer(thread, options.clock, WAITING_BYTES)
  }

  async append(partition: number, blocks: readonly Block[]): Promise<void> {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new RangeError(`no partition ${partition}`)
    if (this.#closing !== undefined) throw closed()
    if (blocks.length === 0) return
    await this.#writer.append(partition, blocks)
    this.#loops[partition]?.notify()
  }

  accepts(): boolean {
    return this.#closing === undefined && this.#writer.accepts()
  }

  async consume(handler: TopicHandler): Promise<Consumption> {
    if (this.#closing !== undefined) throw closed()
    if (this.#loops.length > 0) throw new Error('invariant: the topic is consumed once at a time')
    const { clock, gatherMs = GATHER_MS, onFault = () => {} } = this.#options
    const loops = Array.from(
      { length: this.partitions },
      (_, partition) =>
        new PartitionLoop({ partition, source: this.#source(partition), handler, clock, gatherMs, onFault }),
    )
    this.#loops = loops
    return {
      stop: async () => {
        await Promise.all(loops.map(loop => loop.stop()))
        if (this.#loops === loops) this.#loops = []
      },
    }
  }

  async ends(): Promise<readonly bigint[]> {
    return (await this.#thread.ends()).map(BigInt)
  }

  positionOf(key: string): Promise<number | undefined> {
    return this.#thread.positionOf(key)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all(this.#loops.map(loop => loop.stop()))
    await this.#writer.settle()
    await this.#thread.close()
    this.#lock.release()
  }

  #source(partition: number): PartitionSource {
    const { bytes, blocks: count } = this.#options.batch ?? BATCH
    // Nobody else commits: what was read or written last is what stands.
    let known: { readonly offset: bigint; readonly metadata: string } | undefined
    return {
      committed: async () => {
        if (known === undefined) {
          const { offset, metadata } = await this.#thread.committed(partition)
          known ??= { offset: BigInt(offset), metadata }
        }
        return known
      },
      commit: async (offset, metadata) => {
        await this.#writer.mark({ partition, offset: Number(offset), metadata })
        known = { offset, metadata }
      },
      read: async (offset, wanted) => {
        const read = await this.#thread.read({
          partition,
          from: Number(offset),
          bytes,
          count,
          least: wanted === undefined ? -1 : Number(wanted),
        })
        return read.blocks.map(block => stored(partition, block, read.bytes.subarray(block.at, block.at + block.size)))
      },
    }
  }
}

function stored(
  partition: number,
  block: { readonly offset: number; readonly logTime: number; readonly headers: string },
  payload: Uint8Array,
): StoredBlock {
  const headers: BlockHeaders = JSON.parse(block.headers)
  return { headers, payload, rows: rowsOf(payload), partition, offset: BigInt(block.offset), logTime: block.logTime }
}

function closed(): LcError {
  return new LcError('LC_TOPIC_DOWN', 'The topic is closed.', 'Nothing: this process is stopping.')
}
