import { between, chance } from './random.ts'
import type { Actor, DemoOperation } from './world.ts'

/** One request of the demo. */
export interface DemoCall {
  /** Milliseconds since 1970, UTC. */
  readonly time: number
  readonly actor: Actor
  readonly side: 'old' | 'successor'
  readonly operation: DemoOperation
  readonly path: string
  readonly status: number
  readonly key: string
  readonly durationMs: number
  readonly requestId: string
}

const DAY = 86_400_000
const HALF_HOUR = 1_800_000

/** What an actor does on day `day` of a world that began at `start` (midnight UTC, milliseconds), in order of time. */
export function callsOfDay(seed: string, actor: Actor, start: number, day: number): DemoCall[] {
  const date = Temporal.Instant.fromEpochMilliseconds(start + day * DAY).toZonedDateTimeISO('UTC')
  const calls: DemoCall[] = []
  for (let index = 0; index < countOf(actor, date, day); index += 1) {
    const name = `${seed} ${actor.customer} ${actor.consumer} ${actor.agent} ${day} ${index}`
    const side = sideOf(actor, day, name)
    if (side === undefined) continue
    const operations = side === 'old' ? actor.old : actor.successor
    const operation = operations[Math.floor(chance(`${name} op`) ** 2 * operations.length)] ?? operations[0]
    if (operation === undefined) continue
    const refused = chance(`${name} refused`) < 0.01
    calls.push({
      time: start + day * DAY + offsetOf(actor, index, name),
      actor,
      side,
      operation,
      path: operation.template.replaceAll(/\{\w+\}/g, () => String(between(`${name} id`, 1000, 9999))),
      status: refused ? 401 : chance(`${name} status`) < 0.02 ? 500 : operation.method === 'POST' ? 201 : 200,
      key: actor.fate === 'rotated-key' && day >= actor.movedOn ? actor.newKey : actor.key,
      durationMs: between(`${name} took`, 8, 420),
      requestId: `demo-${Math.floor(chance(`${name} id1`) * 4_294_967_296)
        .toString(16)
        .padStart(8, '0')}${Math.floor(chance(`${name} id2`) * 4_294_967_296)
        .toString(16)
        .padStart(8, '0')}-${day}-${index}`,
    })
  }
  return calls.sort((a, b) => a.time - b.time)
}

function countOf(actor: Actor, date: Temporal.ZonedDateTime, day: number): number {
  switch (actor.rhythm) {
    case 'hourly':
    case 'daily':
      return actor.perDay
    case 'office':
      return date.dayOfWeek <= 5 ? actor.perDay : 0
    case 'weekly':
      return date.dayOfWeek === 2 ? actor.perDay * 3 : 0
    case 'month-end':
      return date.day === date.daysInMonth ? actor.perDay * 6 : 0
    case 'once':
      return day === 70 ? actor.perDay : 0
  }
}

/** Old or new on this day; undefined: silent. */
function sideOf(actor: Actor, day: number, name: string): 'old' | 'successor' | undefined {
  switch (actor.fate) {
    case 'half':
      return day >= actor.movedOn && chance(`${name} side`) < 0.5 ? 'successor' : 'old'
    case 'migrated':
      return day >= actor.movedOn ? 'successor' : 'old'
    case 'moves-soon':
      // Those who watch see it happen: from the first live day on a growing share goes to the successor.
      return day >= actor.movedOn && chance(`${name} side`) < 0.25 * (day - actor.movedOn + 1) ? 'successor' : 'old'
    case 'relapsed':
      return day >= actor.movedOn && day < actor.movedOn + 32 ? 'successor' : 'old'
    case 'stopped':
      return day >= actor.movedOn ? undefined : 'old'
    default:
      return 'old'
  }
}

function offsetOf(actor: Actor, index: number, name: string): number {
  if (actor.rhythm === 'hourly')
    return Math.min(DAY - 1, Math.floor((index + chance(`${name} at`)) * (DAY / actor.perDay)))
  if (actor.rhythm === 'office') return 8 * 3_600_000 + Math.floor(chance(`${name} at`) * 9 * 3_600_000)
  // A job of its own half-hour, the same every time.
  return between(`${actor.customer} hour`, 0, 45) * HALF_HOUR + Math.floor(chance(`${name} at`) * HALF_HOUR)
}
