import { dayOf, monthAt } from '../times.ts'
import { fromLocal } from '../zone.ts'
import { unknownFault } from './field.ts'

/** What the time fields of one line said so far; a layout may spread a time over several. */
export interface TimeParts {
  /** Milliseconds UTC, NaN while no field told an instant. */
  instant: number
  /** Date and time of day as if UTC, in milliseconds, NaN while no field told them. */
  day: number
  clock: number
  /** Minutes east of UTC, NaN while no field told them. */
  offset: number
  /** Milliseconds within the second. */
  fraction: number
}

export function noTime(): TimeParts {
  return { instant: Number.NaN, day: Number.NaN, clock: Number.NaN, offset: Number.NaN, fraction: 0 }
}

/** The instant all parts tell together, milliseconds UTC; NaN when they do not suffice. `zone` serves where no offset was told. */
export function instantOf(parts: TimeParts, zone: string): number {
  // A fraction of its own completes whole seconds; an instant that has one already needs none.
  if (!Number.isNaN(parts.instant)) return parts.instant % 1000 === 0 ? parts.instant + parts.fraction : parts.instant
  const wall = parts.day + parts.clock
  if (Number.isNaN(wall)) return Number.NaN
  return parts.fraction + (Number.isNaN(parts.offset) ? fromLocal(wall, zone) : wall - parts.offset * 60_000)
}

const COMPOSED: ReadonlyMap<string, string> = new Map([
  ['T', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['F', '%Y-%m-%d'],
  ['D', '%m/%d/%y'],
  ['n', ' '],
  ['t', ' '],
])
const READ = 'YymdebhBaAHMSzZs%'

/**
 * A strftime(3) pattern with its composed conversions written out. Throws LC_LAYOUT_UNKNOWN for a conversion that is
 * not read; `at` is the pattern's first character in the layout.
 */
export function timePattern(pattern: string, at: number): string {
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== '%') {
      out += pattern[i]
      continue
    }
    i++
    const conversion = pattern[i] ?? ''
    const composed = COMPOSED.get(conversion)
    if (composed === undefined && (conversion === '' || !READ.includes(conversion)))
      throw unknownFault(at + i - 1, `%${conversion} of a time`)
    out += composed ?? `%${conversion}`
  }
  return out
}

/** Reads `text` under a pattern of `timePattern` into `parts`; false when it does not fit. Names are English. */
export function strftimeInto(parts: TimeParts, text: string, pattern: string): boolean {
  let at = 0
  let year = Number.NaN
  let month = Number.NaN
  let day = Number.NaN
  let hour = Number.NaN
  let minute = 0
  let second = 0
  for (let i = 0; i < pattern.length; i++) {
    if (pattern.charCodeAt(i) !== 0x25) {
      if (text.charCodeAt(at) !== pattern.charCodeAt(i)) return false
      at++
      continue
    }
    i++
    const conversion = pattern[i]
    const width = conversion === 'Y' ? 4 : 2
    switch (conversion) {
      case 'Y':
      case 'y':
      case 'm':
      case 'd':
      case 'e':
      case 'H':
      case 'M':
      case 'S': {
        const value = Number(text.slice(at, at + width))
        if (!(value >= 0) || at + width > text.length) return false
        at += width
        if (conversion === 'Y') year = value
        else if (conversion === 'y') year = value + (value < 69 ? 2000 : 1900)
        else if (conversion === 'm') month = value
        else if (conversion === 'H') hour = value
        else if (conversion === 'M') minute = value
        else if (conversion === 'S') second = value
        else day = value
        break
      }
      case 'b':
      case 'h':
      case 'B':
        month = monthAt(text, at)
        at = lettersEnd(text, at)
        break
      case 'a':
      case 'A':
      case 'Z':
        at = lettersEnd(text, at)
        break
      case 'z': {
        const sign = text[at] === '-' ? -1 : 1
        const value = Number(text.slice(at + 1, at + 5))
        if ((text[at] !== '-' && text[at] !== '+') || Number.isNaN(value)) return false
        parts.offset = sign * (Math.floor(value / 100) * 60 + (value % 100))
        at += 5
        break
      }
      case 's': {
        let end = at
        while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++
        if (end === at) return false
        parts.instant = Number(text.slice(at, end)) * 1000
        at = end
        break
      }
      default:
        if (text[at] !== '%') return false
        at++
    }
  }
  if (at !== text.length) return false
  if (!Number.isNaN(year)) parts.day = dayOf(year, month, day)
  if (hour <= 23 && minute <= 59 && second <= 60) parts.clock = (hour * 3600 + minute * 60 + second) * 1000
  return true
}

function lettersEnd(text: string, from: number): number {
  let at = from
  while ((text.charCodeAt(at) | 0x20) >= 0x61 && (text.charCodeAt(at) | 0x20) <= 0x7a) at++
  return at
}
