import type { Call } from '../../services/domain/call.ts'
import type { Outcome } from '../../services/domain/outcome.ts'

interface Seen {
  calls: number
  first: number
  last: number
}
interface OperationRow {
  readonly api: string
  readonly version: string
  readonly operation: string
  calls: number
  readonly consumers: Map<string, Seen>
}

/** One operation and who called it. Instants are milliseconds UTC. */
export interface OperationSummary {
  readonly api: string
  readonly version: string
  readonly operation: string
  readonly calls: number
  /** Most calls first; the id is '' for keyless and refused calls together. */
  readonly consumers: readonly {
    readonly id: string
    readonly calls: number
    readonly first: number
    readonly last: number
  }[]
}

/** Counts lines by outcome and calls by operation and consumer, as they stream by. */
export class UsageTable {
  lines = 0
  calls = 0
  unparsed = 0
  readonly dropped = new Map<string, number>()
  readonly formats = new Map<string, number>()
  readonly #operations = new Map<string, OperationRow>()

  count(format: string, outcome: Outcome<Call>): void {
    this.lines += 1
    if (outcome.kind !== 'unparsed') this.formats.set(format, (this.formats.get(format) ?? 0) + 1)
    if (outcome.kind === 'ok') this.#add(outcome.value)
    else if (outcome.kind === 'unparsed') this.unparsed += 1
    else this.dropped.set(outcome.reason, (this.dropped.get(outcome.reason) ?? 0) + 1)
  }

  #add(call: Call): void {
    this.calls += 1
    const name = `${call.api}\0${call.version}\0${call.operation}`
    let row = this.#operations.get(name)
    if (row === undefined) {
      row = { api: call.api, version: call.version, operation: call.operation, calls: 0, consumers: new Map() }
      this.#operations.set(name, row)
    }
    row.calls += 1
    const seen = row.consumers.get(call.consumer)
    if (seen === undefined) {
      row.consumers.set(call.consumer, { calls: 1, first: call.time, last: call.time })
      return
    }
    seen.calls += 1
    if (call.time < seen.first) seen.first = call.time
    if (call.time > seen.last) seen.last = call.time
  }

  /** Every operation, most calls first; ties by name, so that the same log gives the same text. */
  operations(): OperationSummary[] {
    return [...this.#operations.values()]
      .map(row => ({
        api: row.api,
        version: row.version,
        operation: row.operation,
        calls: row.calls,
        consumers: [...row.consumers]
          .map(([id, seen]) => ({ id, ...seen }))
          .sort((a, b) => b.calls - a.calls || (a.id < b.id ? -1 : 1)),
      }))
      .sort((a, b) => b.calls - a.calls || (a.operation < b.operation ? -1 : 1))
  }
}
