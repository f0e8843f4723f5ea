import type { Catalogue } from '../services/domain/catalogue.ts'
import type { SourceHour, UsageReader } from '../services/domain/usage.ts'
import { holeDays, isSeen } from '../services/migration/holes.ts'
import { migrationStates } from '../services/migration/states.ts'
import { tellsAll } from './plan/audience.ts'
import type { DeprecationUsage, World } from './plan/world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Rhythms are learnt from 13 months. */
const MEMORY_DAYS = 400

/**
 * Reads all that a plan rests on, as of `now` (milliseconds UTC). What cannot be read is said under `faults`: its
 * notices are held, those of the others go on.
 */
export async function readWorld(catalogue: Catalogue, reader: UsageReader, now: number): Promise<World> {
  const usage = new Map<string, DeprecationUsage>()
  const faults = new Map<string, string>()
  const customersSeen = new Map<string, ReadonlySet<string>>()
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const since = dateText(now - MEMORY_DAYS * DAY_MS)
  const feeding = new Map<string, readonly string[]>()
  let hours: readonly SourceHour[] | undefined
  for (const deprecation of catalogue.deprecations.values()) {
    try {
      const api = catalogue.apis.get(deprecation.api)
      if (api !== undefined && tellsAll(deprecation, api) && !customersSeen.has(api.id)) {
        customersSeen.set(api.id, customersOf(await reader.consumersOfApi(api.id), catalogue))
      }
      hours ??= await reader.sourceHours(now - MEMORY_DAYS * DAY_MS)
      const sources = feeding.get(deprecation.api) ?? (await reader.feedingSources(deprecation.api, now))
      feeding.set(deprecation.api, sources)
      const consumers = await reader.consumersOf(deprecation, now)
      const days = consumers.length === 0 ? [] : await reader.activeDays(deprecation, since)
      const lastComplete = dateText(today - DAY_MS)
      const states = migrationStates(days, holeDays(hours, sources, lastComplete), lastComplete)
      usage.set(deprecation.id, { consumers, states, statesUntil: today, feeding: lastSeen(hours, sources) })
    } catch (error) {
      faults.set(deprecation.id, error instanceof Error ? error.message : String(error))
    }
  }
  return { catalogue, now, usage, customersSeen, faults }
}

/** When each source was last seen: by a heartbeat or a readable line, no later than the end of its hour of receipt. */
export function lastSeen(hours: readonly SourceHour[], sources: readonly string[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number>(sources.map(source => [source, 0]))
  for (const hour of hours) {
    const before = seen.get(hour.source)
    if (before === undefined || !isSeen(hour)) continue
    seen.set(hour.source, Math.max(before, hour.hour, Math.min(hour.through, hour.hour + HOUR_MS)))
  }
  return seen
}

function dateText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function customersOf(consumers: readonly string[], catalogue: Catalogue): ReadonlySet<string> {
  const customers = new Set<string>()
  for (const consumer of consumers) {
    const customer = catalogue.customers.byConsumer.get(consumer)
    if (customer !== undefined) customers.add(customer)
  }
  return customers
}
