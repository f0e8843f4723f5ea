import type { Operation } from '../../domain/catalogue.ts'
import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/**
 * Two templates that differ in parameter names alone match the same paths: one shadows the other, and no call could
 * tell which. (All other overlaps have an order: literal before parameter.)
 */
export const templateTwice: Rule = draft =>
  draft.apis.flatMap(({ listed = [] }) => {
    const first = new Map<string, Operation>()
    return listed.flatMap(operation => {
      const before = first.get(operation.key)
      if (before === undefined) {
        first.set(operation.key, operation)
        return []
      }
      const what =
        before.template === operation.template ? 'is listed twice' : `matches the same paths as ${before.template}`
      const { file, line } = before.place
      return [
        fault(
          operation.place,
          'LC_TEMPLATE_TWICE',
          `${operation.method} ${operation.template} ${what} (${file}:${line})`,
          'Keep one of the two.',
        ),
      ]
    })
  })
