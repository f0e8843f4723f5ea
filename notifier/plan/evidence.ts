import type { Evidence } from '../../services/domain/notice.ts'
import type { ConsumerUsage, OperationUsage } from '../../services/domain/usage.ts'
import type { Caller } from './callers.ts'

const OPERATIONS = 40
const AGENTS = 10
const CONSUMERS = 20

/** What a letter may cite: the calls of the customer's consumers that have not moved, added up. `asOf` is milliseconds UTC. */
export function evidenceOf(caller: Caller, asOf: number): Evidence {
  const [only] = caller.awake
  if (only !== undefined && caller.awake.length === 1) return evidenceOfOne(only, caller.state, asOf)
  const operations = new Map<string, OperationUsage>()
  const agents = new Map<string, number>()
  let calls = 0
  let first = Number.POSITIVE_INFINITY
  for (const usage of caller.awake) {
    calls += usage.calls
    first = Math.min(first, usage.first)
    for (const operation of usage.operations) add(operations, operation)
    for (const { agent, calls } of usage.agents) agents.set(agent, (agents.get(agent) ?? 0) + calls)
  }
  const most = [...operations.values()].sort((a, b) => b.calls - a.calls || compare(a.operation, b.operation))
  return {
    asOf,
    state: caller.state,
    calls,
    first: Number.isFinite(first) ? first : 0,
    last: caller.last,
    operations: most.slice(0, OPERATIONS),
    moreOperations: Math.max(0, most.length - OPERATIONS),
    agents: [...agents]
      .map(([agent, calls]) => ({ agent, calls }))
      .sort((a, b) => b.calls - a.calls || compare(a.agent, b.agent))
      .slice(0, AGENTS),
    consumers: caller.awake.slice(0, CONSUMERS).map(({ consumer }) => consumer),
  }
}

/** The usual case, without adding anything up: usage lists both most calls first already. */
function evidenceOfOne(usage: ConsumerUsage, state: Evidence['state'], asOf: number): Evidence {
  const { calls, first, last, operations, agents, consumer } = usage
  return {
    asOf,
    state,
    calls,
    first,
    last,
    operations: operations.length > OPERATIONS ? operations.slice(0, OPERATIONS) : operations,
    moreOperations: Math.max(0, operations.length - OPERATIONS),
    agents: agents.length > AGENTS ? agents.slice(0, AGENTS) : agents,
    consumers: [consumer],
  }
}

/** A notice that needs no call cites none. */
export function noEvidence(asOf: number): Evidence {
  return {
    asOf,
    state: 'never',
    calls: 0,
    first: 0,
    last: 0,
    operations: [],
    moreOperations: 0,
    agents: [],
    consumers: [],
  }
}

function add(operations: Map<string, OperationUsage>, more: OperationUsage): void {
  const key = `${more.api} ${more.version} ${more.operation}`
  const before = operations.get(key)
  if (before === undefined) {
    operations.set(key, more)
    return
  }
  operations.set(key, {
    ...before,
    calls: before.calls + more.calls,
    first: Math.min(before.first, more.first),
    last: Math.max(before.last, more.last),
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
