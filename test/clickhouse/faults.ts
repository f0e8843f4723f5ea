import { setTimeout as delay } from 'node:timers/promises'
import type { Mishap, ServerHooks } from '../../services/platform/clickhouse-server.ts'

export const KINDS = [
  'cut-before',
  'cut-after',
  'unavailable',
  'slow',
  'too-many-parts',
  'memory',
  'kill-before',
  'kill-after',
] as const

/** One trouble to come: for the next `times` statements that contain `match`. */
export interface Fault {
  readonly match: string
  readonly times: number
  readonly kind: (typeof KINDS)[number]
  /** How long `slow` waits before the statement, or `kill-before` after it began. */
  readonly ms?: number
}

const MISHAPS = new Map<Fault['kind'], Mishap>([
  ['cut-before', 'cut'],
  ['unavailable', { status: 503, body: 'upstream unavailable\n' }],
  [
    'too-many-parts',
    refusal(252, 'Too many parts (300). Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)'),
  ],
  [
    'memory',
    refusal(241, 'Memory limit (total) exceeded: would use 1.00 GiB: While executing Native. (MEMORY_LIMIT_EXCEEDED)'),
  ],
])

function refusal(code: number, said: string): Mishap {
  return { status: 500, code, body: `Code: ${code}. DB::Exception: ${said}\n` }
}

/** Troubles that a test ordered, each used up as statements come. */
export class Faults implements ServerHooks {
  #waiting: { fault: Fault; left: number }[] = []
  /** How often each kind struck. */
  readonly struck = new Map<string, number>()

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times })
  }
  clear(): void {
    this.#waiting = []
  }

  async before(sql: string): Promise<Mishap | undefined> {
    const fault = this.#take(sql, kind => !kind.endsWith('-after'))
    if (fault === undefined) return undefined
    if (fault.kind === 'kill-before') setTimeout(() => process.kill(process.pid, 'SIGKILL'), fault.ms ?? 0)
    if (fault.kind === 'slow') await delay(fault.ms ?? 1_000)
    return MISHAPS.get(fault.kind)
  }

  async after(sql: string): Promise<Mishap | undefined> {
    const fault = this.#take(sql, kind => kind.endsWith('-after'))
    if (fault?.kind === 'kill-after') process.kill(process.pid, 'SIGKILL')
    return fault === undefined ? undefined : 'cut'
  }

  #take(sql: string, wanted: (kind: string) => boolean): Fault | undefined {
    const found = this.#waiting.find(({ fault, left }) => left > 0 && wanted(fault.kind) && sql.includes(fault.match))
    if (found === undefined) return undefined
    found.left -= 1
    this.struck.set(found.fault.kind, (this.struck.get(found.fault.kind) ?? 0) + 1)
    return found.fault
  }
}
