const QUARTER = 900_000
const OFFSETS = new Map<string, Map<number, number>>()

/**
 * Milliseconds UTC of a wall-clock instant given as if it were UTC, in an IANA zone. Where the clock is set back
 * the earlier of the two instants is taken, in a gap the later offset (Temporal's "compatible").
 * Zones change their offset at whole quarter hours, so one lookup serves a quarter of an hour of lines.
 * Throws RangeError for an unknown zone: configuration is checked before it gets here.
 */
export function fromLocal(localMs: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return localMs
  const quarter = Math.floor(localMs / QUARTER)
  let known = OFFSETS.get(zone)
  if (known === undefined) {
    known = new Map()
    OFFSETS.set(zone, known)
  }
  let offset = known.get(quarter)
  if (offset === undefined) {
    offset = lookUp(quarter * QUARTER, zone)
    // A log's times are an attacker's: the memory of them is small.
    if (known.size >= 4096) known.clear()
    known.set(quarter, offset)
  }
  return localMs - offset
}

function lookUp(localMs: number, zone: string): number {
  const date = new Date(localMs)
  const wall = new Temporal.PlainDateTime(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  )
  return localMs - wall.toZonedDateTime(zone).epochMilliseconds
}
