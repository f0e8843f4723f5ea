import type { Block } from './blocks.ts'
import { countText, instantIn } from './dates.ts'
import { thingName, type View } from './view.ts'
import { harmless } from './visible.ts'

/** What the customer called, as frozen in the evidence: operations, counts, first and last seen, User-Agents, consumers. */
export function callBlocks(view: View): readonly Block[] {
  const { evidence, zone } = view.notice
  if (!view.observable) {
    return [
      {
        kind: 'paragraph',
        text: 'The use of this cannot be seen in access logs: whether it concerns you, only your own code can tell.',
      },
    ]
  }
  if (evidence.calls === 0) return []
  const seen = (first: number, last: number) =>
    first === last
      ? `seen ${instantIn(zone, last)}`
      : `first seen ${instantIn(zone, first)}, last seen ${instantIn(zone, last)}`
  const blocks: Block[] = [
    { kind: 'heading', text: 'Your calls' },
    {
      kind: 'items',
      rows: evidence.operations.map(({ operation, calls, first, last }) => ({
        code: harmless(operationName(operation, view), 200),
        detail: `${callsText(calls)}, ${seen(first, last)}`,
      })),
    },
  ]
  if (evidence.moreOperations > 0)
    blocks.push({
      kind: 'paragraph',
      text: `And ${countText(evidence.moreOperations)} more operations with fewer calls.`,
    })
  const rows: [string, string][] = [
    ['In all', `${callsText(evidence.calls)}, ${seen(evidence.first, evidence.last)}`],
    ['Counted until', instantIn(zone, evidence.asOf)],
  ]
  if (evidence.consumers.length > 0)
    rows.push(['Known to us as', evidence.consumers.map(consumer => harmless(consumer, 100)).join(', ')])
  blocks.push({ kind: 'facts', rows })
  if (evidence.agents.length > 0) {
    const rows = evidence.agents.map(({ agent, calls }) => ({
      code: agent === '' ? '(no User-Agent)' : harmless(agent, 160),
      detail: callsText(calls),
    }))
    blocks.push({ kind: 'heading', text: 'Made by these clients (User-Agent)' }, { kind: 'items', rows })
  }
  return blocks
}

function callsText(calls: number): string {
  return Math.round(calls) === 1 ? '1 call' : `${countText(calls)} calls`
}

/** `POST /v1/content/{}/generate` is how calls are stored; the catalogue knows the parameters' names, else `{…}` reads better. */
function operationName(operation: string, { api, deprecation }: View): string {
  if (deprecation.thing.kind === 'operation' && deprecation.thing.key === operation) return thingName(deprecation.thing)
  const known = api.operations.find(({ key }) => key === operation)
  if (known !== undefined) return `${known.method} ${known.template}`
  return operation.replaceAll('{}', '{…}').replaceAll('__other__', '(other paths)')
}
