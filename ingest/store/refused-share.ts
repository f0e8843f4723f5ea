import { LcError } from '../../services/domain/errors.ts'

/** So many rows may be set aside whatever their share: single callers with clocks of their own, not a fault of ours. */
const HANDFUL = 100
/** Beyond the handful, a larger share of the rows that came lately is a fault of ours or of the tables. */
const MOST_SHARE = 0.1
/** Rows that count as lately: after so many, what was before counts half. */
const LATELY = 100_000

/**
 * What share of the rows of all partitions is set aside, over ranges: at a trickle each range holds a few rows only, and
 * a limit for one range would let them all go by. Where it stopped, it goes on once rows are stored again.
 */
export class RefusedShare {
  #rows = 0
  #refused = 0

  /** Throws LC_STORE_POISON when `refused` of `rows` more would be too many. Asked before they are set aside. */
  allow(rows: number, refused: number): void {
    const all = this.#refused + refused
    if (all <= HANDFUL || all <= (this.#rows + rows) * MOST_SHARE) return
    throw new LcError(
      'LC_STORE_POISON',
      `ClickHouse refused ${this.#refused} of the last ${this.#rows} rows and refuses ${refused} of the next ${rows}: the line stops before they are all set aside.`,
      'Look at the log for what it refuses; usually a migration is missing: `lastcall migrate`.',
    )
  }

  /** They are stored, without those set aside. */
  stored(rows: number, refused: number): void {
    this.#rows += rows
    this.#refused += refused
    if (this.#rows < LATELY) return
    this.#rows /= 2
    this.#refused /= 2
  }
}
