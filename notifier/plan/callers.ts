import type { Untold } from '../../services/domain/notice.ts'
import type { ConsumerUsage, MigrationState } from '../../services/domain/usage.ts'
import type { DeprecationUsage } from './world.ts'

/** One customer's consumers on one deprecation, as the plan sees them. */
export interface Caller {
  readonly customer: string
  /** The worst state among all its consumers: a customer is done when its last consumer is. */
  state: MigrationState
  /** Consumers that may still call: neither migrated nor stopped. Letters speak of these only. */
  readonly awake: ConsumerUsage[]
  /** The latest call of an awake consumer, milliseconds UTC. */
  last: number
  sleeping: boolean
  /** Days of silence the slowest awake rhythm allows. */
  need: number
}

export interface Callers {
  readonly byCustomer: ReadonlyMap<string, Caller>
  /** Who calls and cannot be told, because nobody knows who it is. */
  readonly nameless: readonly Pick<Untold, 'consumer' | 'reason'>[]
}

/** Keyless traffic has no state and gets no letter, and neither has a consumer that no customer owns: both are shown. */
export function callersOf(usage: DeprecationUsage): Callers {
  const byCustomer = new Map<string, Caller>()
  const nameless: Pick<Untold, 'consumer' | 'reason'>[] = []
  for (const consumer of usage.consumers) {
    if (consumer.consumer === '') {
      if (isRecent(consumer, usage)) nameless.push({ consumer: '', reason: 'keyless' })
      continue
    }
    const state = stateOf(consumer, usage)
    const awake = isAwake(state)
    if (consumer.customer === null) {
      if (awake) nameless.push({ consumer: consumer.consumer, reason: 'no-customer' })
      continue
    }
    let caller = byCustomer.get(consumer.customer)
    if (caller === undefined) {
      caller = { customer: consumer.customer, state, awake: [], last: 0, sleeping: false, need: 0 }
      byCustomer.set(consumer.customer, caller)
    } else if (WORSE.indexOf(state) < WORSE.indexOf(caller.state)) caller.state = state
    if (!awake) continue
    caller.awake.push(consumer)
    caller.last = Math.max(caller.last, consumer.last)
    caller.sleeping ||= state === 'sleeping'
    caller.need = Math.max(caller.need, usage.states.get(consumer.consumer)?.need ?? 0)
  }
  return { byCustomer, nameless }
}

/** Worst first. */
const WORSE: readonly MigrationState[] = ['relapsed', 'active', 'migrating', 'sleeping', 'stopped', 'migrated', 'never']

function isAwake(state: MigrationState): boolean {
  return state === 'active' || state === 'migrating' || state === 'relapsed' || state === 'sleeping'
}

/**
 * States end with the last complete day: who called after it is back. Who has usage but no day inside the window of
 * the states was last seen long ago.
 */
function stateOf(consumer: ConsumerUsage, usage: DeprecationUsage): MigrationState {
  const known = usage.states.get(consumer.consumer)?.state
  if (consumer.last >= usage.statesUntil) {
    if (known === 'migrated') return 'relapsed'
    return known === undefined || known === 'stopped' || known === 'sleeping' || known === 'never' ? 'active' : known
  }
  return known ?? (isRecent(consumer, usage) ? 'active' : 'stopped')
}

function isRecent(consumer: ConsumerUsage, usage: DeprecationUsage): boolean {
  return consumer.last >= usage.statesUntil - 35 * 86_400_000
}
