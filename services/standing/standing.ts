import { type Countdown, countdown } from '../countdown/countdown.ts'
import type { Api, Catalogue, Customer, Deprecation, Thing } from '../domain/catalogue.ts'
import type { ActiveDay, ConsumerUsage, MigrationState } from '../domain/usage.ts'
import type { Migration } from '../migration/state.ts'
import { migrationStates } from '../migration/states.ts'

/** One consumer of a deprecation: its usage, where it stands, and whether anyone can be told. */
export interface ConsumerStanding extends ConsumerUsage {
  readonly state: MigrationState
  readonly migration: Migration | undefined
  readonly reachable: boolean
}

/** Where one deprecation stands as of an instant. Instants are milliseconds UTC. */
export interface DeprecationStanding {
  readonly deprecation: Deprecation
  readonly api: Api
  /** For people: `operation POST /v1/x`, `version v1`. */
  readonly thing: string
  readonly successor: string | null
  readonly policy: string
  readonly countdown: Countdown
  /** `announced` (not yet in force), `countdown`, `sunset` (the date is past), or the policy's word without a date. */
  readonly state: string
  /** An access log can show its use. */
  readonly observable: boolean
  /** Those that name somebody, most calls in the last 7 days first. */
  readonly consumers: readonly ConsumerStanding[]
  readonly consumersLeft: number
  readonly consumersEver: number
  /** Calls of the last 7 UTC days, today so far included, of everybody. */
  readonly calls7d: number
  /** Of the 7 complete days before the last 7 complete ones. */
  readonly calls7dBefore: number
  readonly unidentifiedCalls7d: number
  /** 0 when never. */
  readonly lastCall: number
  readonly asOf: number
}

/** States of consumers that have still to migrate. */
export const LEFT: ReadonlySet<MigrationState> = new Set(['active', 'migrating', 'sleeping', 'relapsed'])

/**
 * Joins usage, days and the catalogue to where a deprecation stands. Pure.
 *
 * @param holes UTC days on which a feeding source was not seen: they are no silence
 * @param asOf milliseconds UTC
 */
export function standingOf(
  catalogue: Catalogue,
  deprecation: Deprecation,
  api: Api,
  usage: readonly ConsumerUsage[],
  days: readonly ActiveDay[],
  holes: ReadonlySet<string>,
  asOf: number,
): DeprecationStanding {
  const states = migrationStates(days, holes, lastCompleteDay(asOf))
  const named = usage.filter(one => one.consumer !== '')
  const consumers = named.map((one): ConsumerStanding => {
    const migration = states.get(one.consumer)
    const state = stateToday(migration, one, asOf)
    return {
      ...one,
      state,
      migration,
      reachable: isReachable(one.customer === null ? undefined : catalogue.customers.byId.get(one.customer)),
    }
  })
  const sum = (of: (one: ConsumerUsage) => number): number => usage.reduce((total, one) => total + of(one), 0)
  const counted = countdown(deprecation, api.policy, api.zone, asOf)
  return {
    deprecation,
    api,
    thing: thingText(deprecation.thing),
    successor: deprecation.successor === undefined ? null : thingText(deprecation.successor),
    policy: api.policy.id,
    countdown: counted,
    state: stateOf(deprecation, api, counted, asOf),
    observable: deprecation.thing.kind === 'operation' || deprecation.thing.kind === 'version',
    consumers,
    consumersLeft: consumers.filter(one => LEFT.has(one.state)).length,
    consumersEver: consumers.length,
    calls7d: sum(one => one.callsRecent),
    calls7dBefore: sum(one => one.calls7dBefore),
    unidentifiedCalls7d: usage.filter(one => one.consumer === '').reduce((total, one) => total + one.callsRecent, 0),
    lastCall: Math.max(0, ...usage.map(one => one.last)),
    asOf,
  }
}

/** Days are judged when they are over; who calls today, after silence or for the first time, is not called gone until then. */
function stateToday(migration: Migration | undefined, usage: ConsumerUsage, asOf: number): MigrationState {
  if (migration === undefined || migration.state === 'never') return 'active'
  const callsToday = usage.last >= asOf - (asOf % DAY_MS)
  if (!callsToday || LEFT.has(migration.state)) return migration.state
  return migration.state === 'migrated' ? 'relapsed' : 'active'
}

const DAY_MS = 86_400_000

/** A thing in words. */
export function thingText(thing: Thing): string {
  switch (thing.kind) {
    case 'operation':
      return `operation ${thing.method} ${thing.template}`
    case 'version':
      return `version ${thing.version}`
    default:
      return `${thing.kind} ${thing.name}`
  }
}

/** The last UTC day that is over at `asOf`, YYYY-MM-DD. */
export function lastCompleteDay(asOf: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(asOf))
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
    .subtract({ days: 1 })
    .toString()
}

function stateOf(deprecation: Deprecation, api: Api, counted: Countdown, asOf: number): string {
  if (counted.daysLeft !== null) return counted.daysLeft <= 0 ? 'sunset' : 'countdown'
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(asOf)).toZonedDateTimeISO(api.zone).toPlainDate()
  return Temporal.PlainDate.compare(Temporal.PlainDate.from(deprecation.announced), today) > 0
    ? 'announced'
    : api.policy.withoutDate
}

const isReachable = (customer: Customer | undefined): boolean => (customer?.contacts.length ?? 0) > 0
