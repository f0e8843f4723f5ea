import type { StoredBlock } from '../../services/domain/block.ts'

/** Bytes in memory a block stands for besides its payload; a guess on the safe side for its headers. */
const OVERHEAD = 1_024

/**
 * Blocks of one partition that were fetched and are not committed: offered again from here, not fetched again.
 * Contiguous. Whoever fills it stops at `full` and goes on when `roomy`.
 */
export class PartitionBuffer {
  readonly #limit: number
  #blocks: StoredBlock[] = []
  #bytes = 0
  #rows = 0

  /** `limit` is in bytes; one fetch may go beyond it. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get empty(): boolean {
    return this.#blocks.length === 0
  }
  get full(): boolean {
    return this.#bytes >= this.#limit
  }
  get rows(): number {
    return this.#rows
  }
  get roomy(): boolean {
    return this.#bytes <= this.#limit / 2
  }

  push(blocks: readonly StoredBlock[]): void {
    for (const block of blocks) {
      this.#blocks.push(block)
      this.#bytes += sizeOf(block)
      this.#rows += block.rows
    }
  }

  /** Blocks from `offset` on, at most `count` and `bytes`, but all up to `least` and one at least. */
  read(offset: bigint, bytes: number, count: number, least: bigint): StoredBlock[] {
    const from = this.#indexOf(offset)
    const must = Math.max(from + 1, this.#indexOf(least + 1n))
    let held = 0
    let to = from
    for (; to < this.#blocks.length; to++) {
      const size = this.#blocks[to]?.payload.length ?? 0
      if (to >= must && (held + size > bytes || to - from >= count)) break
      held += size
    }
    return this.#blocks.slice(from, to)
  }

  /** The log time of the block at `offset`, undefined when it is not here. */
  logTimeAt(offset: bigint): number | undefined {
    const first = this.#blocks[0]
    return first === undefined || offset < first.offset
      ? undefined
      : this.#blocks[Number(offset - first.offset)]?.logTime
  }

  /** Everything below `offset` is committed. */
  drop(offset: bigint): void {
    for (const block of this.#blocks.splice(0, this.#indexOf(offset))) {
      this.#bytes -= sizeOf(block)
      this.#rows -= block.rows
    }
  }

  #indexOf(offset: bigint): number {
    const first = this.#blocks[0]
    if (first === undefined || offset <= first.offset) return 0
    return Math.min(Number(offset - first.offset), this.#blocks.length)
  }
}

function sizeOf(block: StoredBlock): number {
  return block.payload.length + OVERHEAD
}
