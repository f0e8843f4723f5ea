import { REPEAT_WINDOW_MS, type StoredBlock, type UploadPart } from '../../services/domain/block.ts'
import { judgePart, judgeRange, POSITION_MEMORY_MS, type Sighting, type Verdict } from './repeats.ts'

/**
 * Asks the table `uploads` for parts of these keys that stand below `offset` on the partition: at least the latest
 * of each (key, part).
 */
export type AskSightings = (keys: readonly string[], offset: bigint) => Promise<Iterable<Sighting>>

export interface UploadMemoryOptions {
  readonly ask: AskSightings
  /** Parts kept; one costs about 115 bytes. Beyond it the oldest are forgotten and asked for when they matter. */
  readonly cap?: number
}

interface Range {
  readonly highest: number
  readonly seen: number
}

/** What a batch has shown so far, over what is remembered. */
interface Overlay {
  readonly parts: Map<string, number>
  readonly ranges: Map<string, Range>
}

/**
 * What stood on one partition, as far back as a repeat can reach. `judge` asks and changes nothing that a second
 * judging of the same blocks would see, `learn` is for blocks whose commit succeeded: so a batch that failed half-way
 * is judged alike when it comes again.
 * Bound: `cap` parts and `cap` sources with positions, and one batch.
 */
export class UploadMemory {
  readonly #ask: AskSightings
  readonly #cap: number
  /** Latest log time by part, oldest first: a part seen again moves to the end. */
  readonly #parts = new Map<string, number>()
  readonly #ranges = new Map<string, Range>()
  /** Everything later than this is remembered; what may be older must be asked for. */
  #complete = Number.POSITIVE_INFINITY
  #next = 0n

  constructor(options: UploadMemoryOptions) {
    this.#ask = options.ask
    this.#cap = options.cap ?? 250_000
  }

  /** Parts kept. */
  get size(): number {
    return this.#parts.size
  }
  /** Sources with positions whose ends are kept. */
  get sources(): number {
    return this.#ranges.size
  }

  /**
   * After assignment: `sightings`, in the order of offsets, are all parts below `next` (the first offset still to be
   * judged) with a log time above `since`. A partition that was never read has none, and `since` −Infinity.
   * May be called several times, the latest part of the window last. Without it everything is asked for.
   * Ends of sources with positions reach further back and are few: they are always asked for, once.
   */
  load(sightings: Iterable<Sighting>, next: bigint, since: number): void {
    for (const sighting of sightings) {
      if (sighting.offset < next && !sighting.positioned) this.#remember(this.#parts, idOf(sighting), sighting.logTime)
    }
    this.#complete = Math.min(this.#complete, since)
    this.#next = next
    this.#trim()
  }

  /**
   * One verdict for each upload of each block. Blocks come in order, contiguous, from the first offset not yet
   * learnt. What `ask` throws is thrown.
   */
  async judge(blocks: readonly StoredBlock[]): Promise<readonly (readonly Verdict[])[]> {
    if (blocks.some(block => block.offset < this.#next))
      throw new Error('invariant: blocks judged after they were learnt')
    const overlay = await this.#asked(blocks)
    return blocks.map(block => block.headers.uploads.map(part => this.#judgeOne(part, block.logTime, overlay)))
  }

  /** These blocks are stored and their commit stands. Blocks learnt before are passed over. */
  learn(blocks: readonly StoredBlock[]): void {
    for (const block of blocks) {
      if (block.offset < this.#next) continue
      this.#next = block.offset + 1n
      // Never loaded: from here on, at least, everything is known.
      if (this.#complete === Number.POSITIVE_INFINITY) this.#complete = block.logTime
      for (const part of block.headers.uploads) {
        if (part.from === undefined) this.#remember(this.#parts, idOf(part), block.logTime)
        else this.#remember(this.#ranges, part.key, later(this.#ranges.get(part.key), part.part, block.logTime))
      }
      this.#expire(block.logTime)
    }
    this.#trim()
  }

  #judgeOne(part: UploadPart, logTime: number, overlay: Overlay): Verdict {
    if (part.from === undefined) {
      const id = idOf(part)
      const verdict = judgePart(logTime, overlay.parts.get(id) ?? this.#parts.get(id))
      overlay.parts.set(id, logTime)
      return verdict
    }
    const known = overlay.ranges.get(part.key) ?? this.#ranges.get(part.key)
    overlay.ranges.set(part.key, later(known, part.part, logTime))
    return judgeRange(part, highestAt(known, logTime))
  }

  /** What memory cannot tell of these blocks, from the table. */
  async #asked(blocks: readonly StoredBlock[]): Promise<Overlay> {
    const overlay: Overlay = { parts: new Map(), ranges: new Map() }
    const keys = new Set<string>()
    for (const { headers, logTime } of blocks) {
      for (const part of headers.uploads) {
        const unknown =
          part.from === undefined
            ? logTime - REPEAT_WINDOW_MS <= this.#complete && !this.#parts.has(idOf(part))
            : !this.#ranges.has(part.key)
        if (unknown) keys.add(part.key)
      }
    }
    const first = blocks[0]
    if (keys.size === 0 || first === undefined) return overlay
    for (const sighting of await this.#ask([...keys], first.offset)) {
      if (sighting.offset >= first.offset) continue
      if (sighting.positioned) {
        // A fact below every offset still to come: it may stay.
        this.#remember(
          this.#ranges,
          sighting.key,
          later(this.#ranges.get(sighting.key), sighting.part, sighting.logTime),
        )
        continue
      }
      const id = idOf(sighting)
      overlay.parts.set(id, Math.max(sighting.logTime, overlay.parts.get(id) ?? 0, this.#parts.get(id) ?? 0))
    }
    return overlay
  }

  #remember<T>(map: Map<string, T>, id: string, value: T): void {
    map.delete(id)
    map.set(id, value)
  }

  #expire(now: number): void {
    for (const [id, seen] of this.#parts) {
      if (now - seen <= REPEAT_WINDOW_MS) break
      this.#parts.delete(id)
    }
  }

  #trim(): void {
    for (const [id, seen] of this.#parts) {
      if (this.#parts.size <= this.#cap) break
      this.#parts.delete(id)
      this.#complete = Math.max(this.#complete, seen)
    }
    for (const id of this.#ranges.keys()) {
      if (this.#ranges.size <= this.#cap) break
      this.#ranges.delete(id)
    }
  }
}

/** Half of a SHA-256 and the part: 128 bits tell uploads apart, and a million of them fit into memory. */
function idOf(of: { readonly key: string; readonly part: number }): string {
  const half = of.key.length === 64 ? Buffer.from(of.key.slice(0, 32), 'hex') : undefined
  return half?.length === 16 ? `${half.toString('latin1')}${of.part}` : `${of.key} ${of.part}`
}

function highestAt(range: Range | undefined, logTime: number): number | undefined {
  return range === undefined || logTime - range.seen > POSITION_MEMORY_MS ? undefined : range.highest
}

function later(known: Range | undefined, end: number, logTime: number): Range {
  if (known === undefined || logTime - known.seen > POSITION_MEMORY_MS) return { highest: end, seen: logTime }
  return { highest: Math.max(known.highest, end), seen: Math.max(known.seen, logTime) }
}
