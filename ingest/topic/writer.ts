import type { Block } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Mark, RawBlock } from './sqlite-log.ts'
import type { SqliteThread } from './sqlite-thread.ts'

/** Bytes of one transaction: enough to share a sync among many, short enough to answer soon. */
const GROUP_BYTES = 8 * 1024 * 1024
/** After trouble, writes are refused at once for this long, then tried again. */
const RETRY_MS = 1_000

interface Waiting {
  readonly blocks: readonly RawBlock[]
  readonly marks: readonly Mark[]
  readonly bytes: number
  readonly done: PromiseWithResolvers<void>
}

/**
 * Group commit: what comes while a transaction is under way goes into the next one together, so that many small
 * uploads share one sync. Bounded: beyond `limit` waiting bytes it refuses.
 */
export class Writer {
  readonly #thread: SqliteThread
  readonly #clock: Clock
  readonly #limit: number
  #queue: Waiting[] = []
  #waitingBytes = 0
  #writing: Promise<void> | undefined
  #trouble: { readonly error: LcError; readonly until: number } | undefined

  constructor(thread: SqliteThread, clock: Clock, limit: number) {
    this.#thread = thread
    this.#clock = clock
    this.#limit = limit
  }

  accepts(): boolean {
    return this.#refusal() === undefined
  }

  append(partition: number, blocks: readonly Block[]): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(refusal)
    const raw = blocks.map(block => rawBlock(partition, block))
    return this.#put(
      raw,
      [],
      raw.reduce((sum, block) => sum + block.payload.length + block.headers.length, 0),
    )
  }

  /** Marks are small and free room: they pass when appends do not. */
  mark(mark: Mark): Promise<void> {
    return this.#put([], [mark], 0)
  }

  /** Waits for everything put before. */
  async settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  #refusal(): LcError | undefined {
    if (this.#trouble !== undefined && this.#clock.now() < this.#trouble.until) return this.#trouble.error
    if (this.#waitingBytes <= this.#limit) return undefined
    return new LcError(
      'LC_TOPIC_DOWN',
      'The topic is behind: too much waits for the disk.',
      'Send again later; if it lasts, the disk is too slow.',
    )
  }

  #put(blocks: readonly RawBlock[], marks: readonly Mark[], bytes: number): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#queue.push({ blocks, marks, bytes, done })
    this.#waitingBytes += bytes
    this.#writing ??= this.#run()
    return done.promise
  }

  async #run(): Promise<void> {
    // One turn later: uploads that arrived together go together.
    await new Promise(resolve => setImmediate(resolve))
    while (this.#queue.length > 0) await this.#write(this.#group())
    this.#writing = undefined
  }

  #group(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#queue) {
      if (count > 0 && bytes + waiting.bytes > GROUP_BYTES) break
      bytes += waiting.bytes
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#thread.write(
        group.flatMap(one => one.blocks),
        group.flatMap(one => one.marks),
        this.#clock.now(),
      )
      this.#trouble = undefined
      for (const { done } of group) done.resolve()
    } catch (error) {
      await this.#refuse(group, error)
    } finally {
      for (const one of group) {
        this.#waitingBytes -= one.bytes
      }
    }
  }

  /** A full disk refuses blocks, never a commit: with the commit, room can be made. */
  async #refuse(group: readonly Waiting[], error: unknown): Promise<void> {
    const appends = group.filter(one => one.marks.length === 0)
    const marks = group.filter(one => one.marks.length > 0)
    if (appends.length > 0 && error instanceof LcError) this.#trouble = { error, until: this.#clock.now() + RETRY_MS }
    for (const { done } of appends) done.reject(error)
    if (appends.length > 0 && marks.length > 0) await this.#write(marks)
    else for (const { done } of marks) done.reject(error)
  }
}

function rawBlock(partition: number, { headers, payload }: Block): RawBlock {
  const positions = headers.uploads.flatMap(({ key, part, from }) => (from === undefined ? [] : [{ key, end: part }]))
  // A view is sent with all that lies behind it: what is only a part is copied out first.
  const own = payload.byteLength === payload.buffer.byteLength ? payload : Uint8Array.from(payload)
  return { partition, headers: JSON.stringify(headers), payload: own, positions }
}
