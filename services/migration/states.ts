import type { ActiveDay } from '../domain/usage.ts'
import type { DayOfUse } from './days.ts'
import { type Migration, migrationState } from './state.ts'

/**
 * The states of all consumers of one deprecation. Keyless traffic (consumer '') has none.
 *
 * @param days what `UsageReader.activeDays` gives
 * @param holes UTC days on which a feeding source was not seen
 * @param today the last complete UTC day, YYYY-MM-DD
 */
export function migrationStates(
  days: readonly ActiveDay[],
  holes: ReadonlySet<string>,
  today: string,
): ReadonlyMap<string, Migration> {
  const sides = new Map<string, { readonly old: DayOfUse[]; readonly successor: DayOfUse[] }>()
  for (const day of days) {
    if (day.consumer === '') continue
    let both = sides.get(day.consumer)
    if (both === undefined) {
      both = { old: [], successor: [] }
      sides.set(day.consumer, both)
    }
    both[day.side].push(day)
  }
  const states = new Map<string, Migration>()
  for (const [consumer, { old, successor }] of sides) states.set(consumer, migrationState(old, successor, holes, today))
  return states
}
