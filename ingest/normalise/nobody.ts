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
  if (value === '') return true
  if (value.includes('***')) return true
  if (value.length > 24) return false
  const bare = value.replace(/^[[(<{"'*]+|[\])>}"'*]+$/g, '').trim()
  return bare === '' || WORDS.has(bare.toLowerCase())
}
