// Placeholders of gateways and loggers for "no value", compared without case and without brackets around them.
const WORDS = new Set(
  'anonymous - redacted null unknown x-anonymous-consumer none nil undefined n/a na filtered masked hidden removed false'.split(
    ' ',
  ),
)

/**
 * Does this value name nobody? Empty, a placeholder (`-`, `REDACTED`, `<redacted>`, `anonymous`, `[]`) or masked by the
 * gateway (`***`, `abcd****`): taken for an identity, all callers would collapse into one.
 */
export function isNobody(value: string): boolean {
  if (value === '' || value === '-') return true
  if (value.includes('***')) return true
  if (value.length > LONGEST || !mayBegin(value.charCodeAt(0))) return false
  if (isPlain(value.charCodeAt(0)) && isPlain(value.charCodeAt(value.length - 1))) return WORDS.has(value.toLowerCase())
  const bare = value.replace(/^[[(<{"'*]+|[\])>}"'*]+$/g, '').trim()
  return bare === '' || WORDS.has(bare.toLowerCase())
}

const LONGEST = 24
const BEGINS = new Set([...WORDS].map(word => word.charCodeAt(0)))

// Most values are told from a placeholder by their first character.
function mayBegin(code: number): boolean {
  if (code >= 0x30 && code <= 0x39) return false
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a ? BEGINS.has(lower) : true
}

// A letter or digit: nothing to take off at this end.
function isPlain(code: number): boolean {
  const lower = code | 0x20
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a)
}
