import type { Tally } from '../../services/domain/block.ts'
import type { Outcome } from '../../services/domain/outcome.ts'

const HOUR = 3_600_000

/** What an upload came to, as its sender is told. `lines = calls + unparsed + Σ dropped`, always. */
export interface Receipt {
  lines: number
  calls: number
  unparsed: number
  dropped: Record<string, number>
}

/** Counts the lines of one part by outcome and reason. */
export class PartTally {
  lines = 0
  calls = 0
  readonly #others = new Map<string, { outcome: 'unparsed' | 'dropped'; reason: string; lines: number }>()

  count(outcome: Outcome<unknown>, lines = 1): void {
    this.lines += lines
    if (outcome.kind === 'ok') {
      this.calls += lines
      return
    }
    const name = outcome.kind + outcome.reason
    const other = this.#others.get(name)
    if (other !== undefined) other.lines += lines
    else
      this.#others.set(name, {
        outcome: outcome.kind === 'drop' ? 'dropped' : 'unparsed',
        reason: outcome.reason,
        lines,
      })
  }

  /** For the block's header; `received` in milliseconds UTC gives the hour of receipt. */
  tallies(received: number): Tally[] {
    const hour = Math.floor(received / HOUR) * HOUR
    const calls: Tally[] = this.calls === 0 ? [] : [{ hour, outcome: 'call', reason: '', lines: this.calls }]
    return [...calls, ...[...this.#others.values()].map(other => ({ hour, ...other }))]
  }

  addTo(receipt: Receipt): void {
    receipt.lines += this.lines
    receipt.calls += this.calls
    for (const { outcome, reason, lines } of this.#others.values()) {
      if (outcome === 'unparsed') receipt.unparsed += lines
      else receipt.dropped[reason] = (receipt.dropped[reason] ?? 0) + lines
    }
  }
}

export const emptyReceipt = (): Receipt => ({ lines: 0, calls: 0, unparsed: 0, dropped: {} })
