import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/** `renamed-from` hands the letters already sent over to a new id: the old id is gone then, and has one heir. */
export const renamedFrom: Rule = draft => {
  const ids = new Set(draft.deprecations.map(({ id }) => id))
  const heirs = new Map<string, string>()
  return draft.deprecations.flatMap(({ id, item }) => {
    const old = item.value['renamed-from']
    if (old === undefined) return []
    const heir = heirs.get(old)
    heirs.set(old, heir ?? id)
    const wrong = ids.has(old)
      ? 'is still declared'
      : heir === undefined
        ? undefined
        : `was renamed to "${heir}" already`
    return wrong === undefined
      ? []
      : [
          fault(
            item.at('renamed-from'),
            'LC_RENAMED_FROM',
            `"${old}" ${wrong}`,
            'Name the id this deprecation had before.',
          ),
        ]
  })
}
