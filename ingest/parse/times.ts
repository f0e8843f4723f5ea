import { fromLocal } from './zone.ts'

const DAY = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type EpochUnit = 's' | 'ms' | 'us' | 'ns'

/**
 * Common log format, `22/Nov/2026:03:23:24 +0100`, decimals of the second allowed (`…:24.892`). Without an
 * offset the time is local in `zone`. Milliseconds UTC, NaN when it is no such time. No brackets.
 */
export function clfTime(text: string, zone: string): number {
  if (text === lastClf && zone === lastClfZone) return lastClfMs
  const ms = readClf(text, zone)
  lastClf = text
  lastClfZone = zone
  lastClfMs = ms
  return ms
}
// Lines of one second follow each other: remembering the last one spares most of the work.
let lastClf = ''
let lastClfZone = ''
let lastClfMs = Number.NaN

/**
 * ISO 8601 / RFC 3339: `2026-11-22T03:23:24[.,0–9 decimals][Z|±hh:mm|±hhmm|±hh]`, `T` may be a space and seconds may
 * be missing. Without an offset the time is local in `zone`. Milliseconds UTC (more decimals are cut off), NaN otherwise.
 */
export function isoTime(text: string, zone: string): number {
  const length = text.length
  if (length < 16 || length > 40) return Number.NaN
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(13) !== 0x3a) return Number.NaN
  const separator = text.charCodeAt(10)
  if (separator !== 0x54 && separator !== 0x20 && separator !== 0x74) return Number.NaN
  const day = isoDay(text)
  let at = 16
  let second = 0
  if (text.charCodeAt(16) === 0x3a) {
    second = digits(text, 17, 19)
    at = 19
  }
  return finish(day + clock(digits(text, 11, 13), digits(text, 14, 16), second), text, at, zone)
}
let lastDate = ''
let lastDateMs = Number.NaN
function isoDay(text: string): number {
  if (text.startsWith(lastDate) && lastDate !== '') return lastDateMs
  lastDate = text.slice(0, 10)
  lastDateMs = dayOf(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
  return lastDateMs
}

/**
 * Time since 1970 in the given unit, as a number, a bigint or digits with decimals. Milliseconds UTC, NaN otherwise;
 * what is finer is cut off. Nanosecond strings beyond 2^53 keep their milliseconds exactly.
 */
export function epochTime(value: unknown, unit: EpochUnit): number {
  if (typeof value === 'number') return fromNumber(value, unit)
  if (typeof value === 'bigint') return epochTime(String(value), unit)
  if (typeof value !== 'string' || value.length > 40) return Number.NaN
  const dot = endOfWhole(value)
  if (dot < 1) return Number.NaN
  const shift = SHIFT[unit]
  if (shift > 0) return dot > shift ? Number(value.slice(0, dot - shift)) : 0
  const whole = Number(value.slice(0, dot))
  if (unit === 'ms') return whole
  let ms = whole * 1000
  for (let at = dot + 1, weight = 100; at < value.length && weight >= 1; at++, weight /= 10)
    ms += (value.charCodeAt(at) - 0x30) * weight
  return ms
}

/** Where the decimals' dot stands, the length without one; -1 for what is not digits with at most one dot. */
function endOfWhole(text: string): number {
  let dot = -1
  for (let at = 0; at < text.length; at++) {
    if (isDigit(text.charCodeAt(at))) continue
    if (dot !== -1 || text.charCodeAt(at) !== 0x2e) return -1
    dot = at
  }
  return dot === -1 ? text.length : dot
}
const SHIFT = { s: 0, ms: 0, us: 3, ns: 6 } as const
const PER_MS = { s: 0.001, ms: 1, us: 1e3, ns: 1e6 } as const

function fromNumber(value: number, unit: EpochUnit): number {
  if (!Number.isFinite(value) || value < 0) return Number.NaN
  // 1.003 s is 1.00299999… as a double: the cut must not take a millisecond off.
  if (unit === 's') return Math.floor(value * 1000 + 0.0005)
  // Nanoseconds above 2^53 are off by up to 128: a whole millisecond must not fall to the one before.
  return Math.floor(unit === 'ns' ? value / 1e6 + 0.00025 : value / PER_MS[unit])
}

/** The unit a moment between 2000 and 2286 was logged in, told by its size; undefined when it is none. */
export function epochUnit(value: number): EpochUnit | undefined {
  if (!(value >= 9e8 && value < 1e19)) return undefined
  return value < 1e11 ? 's' : value < 1e14 ? 'ms' : value < 1e17 ? 'us' : 'ns'
}

/**
 * RFC 3164 timestamp, `Nov 22 03:23:24` (day padded by a space or not, decimals allowed), local in `zone`. It has no
 * year: the one that puts it nearest before `received` is taken, up to a day ahead allowed for clocks and zones.
 * Milliseconds UTC, NaN otherwise.
 */
export function rfc3164Time(text: string, received: number, zone: string): number {
  const month = monthAt(text, 0)
  const colon = text.indexOf(':')
  if (month === 0 || text.charCodeAt(3) !== 0x20 || colon < 7 || colon > 9 || text.length < colon + 6) return Number.NaN
  const day = digits(text, text.charCodeAt(4) === 0x20 ? 5 : 4, colon - 3)
  const time = clock(
    digits(text, colon - 2, colon),
    digits(text, colon + 1, colon + 3),
    digits(text, colon + 4, colon + 6),
  )
  if (text.charCodeAt(colon + 3) !== 0x3a || text.charCodeAt(colon - 3) !== 0x20) return Number.NaN
  const year = new Date(received).getUTCFullYear()
  for (let y = year + 1; y >= year - 8; y--) {
    const ms = finish(dayOf(y, month, day) + time, text, colon + 6, zone)
    if (ms <= received + DAY) return ms
  }
  return Number.NaN
}

/** Milliseconds UTC of midnight UTC of a date, NaN when there is no such date. */
export function dayOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 0)) return Number.NaN
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const most = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  if (day > most) return Number.NaN
  // Days since 1970 in the proleptic Gregorian calendar, years beginning in March.
  const y = month <= 2 ? year - 1 : year
  const shifted = month <= 2 ? month + 9 : month - 3
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * shifted + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return (era * 146_097 + dayOfEra - 719_468) * DAY
}

/** 1–12 of an English month's three letters at `at`, 0 when there is none. */
export function monthAt(text: string, at: number): number {
  return MONTHS.indexOf(text.slice(at, at + 3)) + 1
}

function readClf(text: string, zone: string): number {
  // Apache and nginx pad the day; some writers do not.
  const slash = text.indexOf('/')
  if (slash < 1 || slash > 2 || text.length < slash + 18 || text.length > 48) return Number.NaN
  const month = monthAt(text, slash + 1)
  const at = slash + 5
  if (
    text.charCodeAt(slash + 4) !== 0x2f ||
    text.charCodeAt(at + 4) !== 0x3a ||
    text.charCodeAt(at + 7) !== 0x3a ||
    text.charCodeAt(at + 10) !== 0x3a
  )
    return Number.NaN
  const day = dayOf(digits(text, at, at + 4), month, digits(text, 0, slash))
  const time = clock(digits(text, at + 5, at + 7), digits(text, at + 8, at + 10), digits(text, at + 11, at + 13))
  return finish(day + time, text, at + 13, zone)
}

/** Decimals and offset behind the seconds, to the end of the text; `wall` is the instant as if UTC. */
function finish(wall: number, text: string, from: number, zone: string): number {
  let at = from
  let ms = wall
  const mark = text.charCodeAt(at)
  if (mark === 0x2e || mark === 0x2c) {
    let weight = 100
    for (at++; isDigit(text.charCodeAt(at)); at++) {
      if (weight >= 1) ms += (text.charCodeAt(at) - 0x30) * weight
      weight /= 10
    }
  }
  if (text.charCodeAt(at) === 0x20 && at + 1 < text.length) at++
  if (at === text.length) return Number.isNaN(ms) ? ms : fromLocal(ms, zone)
  const sign = text.charCodeAt(at)
  if ((sign === 0x5a || sign === 0x7a) && at + 1 === text.length) return ms
  if (sign !== 0x2b && sign !== 0x2d) return Number.NaN
  const minutes = text.charCodeAt(at + 3) === 0x3a ? at + 4 : at + 3
  if (text.length !== minutes + 2 && text.length !== at + 3) return Number.NaN
  const offset = digits(text, at + 1, at + 3) * 60 + (text.length === at + 3 ? 0 : digits(text, minutes, minutes + 2))
  return sign === 0x2b ? ms - offset * 60_000 : ms + offset * 60_000
}

function clock(hour: number, minute: number, second: number): number {
  // 60 is a leap second, which becomes the next one.
  return hour <= 23 && minute <= 59 && second <= 60 ? (hour * 3600 + minute * 60 + second) * 1000 : Number.NaN
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  if (to <= from || to > text.length) return Number.NaN
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return Number.NaN
    value = value * 10 + code - 0x30
  }
  return value
}
