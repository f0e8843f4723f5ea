import { writeFile } from 'node:fs/promises'
import type { DemoCall } from './plan.ts'

/** What the generator knows to be true of one consumer on one deprecation: calls that named it, class use, not refused. */
export interface TruthRow {
  readonly deprecation: string
  /** Slug of the customer, '' when nobody's. */
  readonly customer: string
  readonly consumer: string
  calls: number
  /** Milliseconds UTC. */
  first: number
  last: number
}

/** Keeps count of everything the demo sends, apart from the product: tests hold letters and answers against it. */
export class Truth {
  readonly #rows = new Map<string, TruthRow>()

  /** `consumer` is the id under which the call will be stored. */
  add(call: DemoCall, deprecations: readonly string[], consumer: string): void {
    if (call.side !== 'old' || call.status === 401 || call.actor.test || consumer === '') return
    // Stored to the second from here on: seen instants are whole seconds.
    const at = Math.floor(call.time / 1000) * 1000
    for (const deprecation of deprecations) {
      const name = `${deprecation} ${consumer}`
      const row = this.#rows.get(name)
      if (row === undefined) {
        this.#rows.set(name, { deprecation, customer: call.actor.customer, consumer, calls: 1, first: at, last: at })
        continue
      }
      row.calls += 1
      row.first = Math.min(row.first, at)
      row.last = Math.max(row.last, at)
    }
  }

  rows(): readonly TruthRow[] {
    return [...this.#rows.values()]
  }

  async write(file: string): Promise<void> {
    await writeFile(file, `${JSON.stringify(this.rows(), undefined, 1)}\n`)
  }
}

/** Which of the demo's deprecations a call is use of, told from the world alone and not through the product's matcher. */
export function deprecationsOf(call: DemoCall): readonly string[] {
  if (call.side !== 'old') return []
  if (call.actor.api === 'atlas') return ['atlas-v1']
  if (call.actor.api === 'sift') return ['sift-v2-1']
  const { template } = call.operation
  return [
    template.endsWith('/generate') ? 'content-generate' : template === '/v1/search' ? 'search-by-get' : 'site-pages',
  ]
}
