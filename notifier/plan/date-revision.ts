import type { Catalogue, Deprecation, Thing } from '../../services/domain/catalogue.ts'
import type { KnownDeprecation } from './view.ts'

/** A deprecation as this round sees it: the same, moved, new, or held because it may be an old one in disguise. */
export type Standing =
  | { readonly kind: 'known'; readonly now: KnownDeprecation }
  | { readonly kind: 'held'; readonly reason: string }

/**
 * The root and date revision of a deprecation. The revision grows only when the sunset moves: a mended typo, another
 * reason or a new guide resend nothing. A thing that returns under another id is held until `renamed-from` is given;
 * given, it goes on where the old id stopped.
 */
export function standingOf(
  deprecation: Deprecation,
  catalogue: Catalogue,
  known: ReadonlyMap<string, KnownDeprecation>,
): Standing {
  const thing = thingText(deprecation.thing)
  const sunset = deprecation.sunset?.date
  const same = known.get(deprecation.id)
  if (same !== undefined) return standing({ ...same, api: deprecation.api, thing }, sunset)
  const from = deprecation.renamedFrom
  if (from !== undefined) {
    if (catalogue.deprecations.has(from)) return held(`renamed-from names "${from}", which is still in the catalogue`)
    const before = known.get(from)
    if (before !== undefined) return standing({ ...before, id: deprecation.id, api: deprecation.api, thing }, sunset)
  }
  for (const other of known.values()) {
    if (other.api !== deprecation.api || other.thing !== thing) continue
    return held(`its thing was known as "${other.id}": say renamed-from: ${other.id}, so that nobody is told twice`)
  }
  return {
    kind: 'known',
    now: { id: deprecation.id, root: deprecation.id, api: deprecation.api, thing, revision: 1, sunset },
  }
}

function standing(before: KnownDeprecation, sunset: string | undefined): Standing {
  const moved = before.sunset !== sunset
  return { kind: 'known', now: { ...before, sunset, revision: before.revision + (moved ? 1 : 0) } }
}

function held(reason: string): Standing {
  return { kind: 'held', reason }
}

/** One comparable text for what is deprecated: parameter names do not matter. */
export function thingText(thing: Thing): string {
  switch (thing.kind) {
    case 'operation':
      return `operation ${thing.key}`
    case 'version':
      return `version ${thing.version}`
    case 'field':
    case 'error-code':
      return `${thing.kind} ${thing.name}`
  }
}
