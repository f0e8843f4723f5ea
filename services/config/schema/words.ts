import Type from 'typebox'

/**
 * The small words every schema is made of. `description` completes the sentence "… should be …" in a finding;
 * `secret` keeps a value out of it, for the day someone pastes a token where its digest belongs.
 */
export const closed = { additionalProperties: false } as const

export const id = Type.String({
  pattern: '^[a-z0-9][a-z0-9._-]{0,63}$',
  description: 'an id: lower-case letters, digits, ".", "_" and "-", at most 64',
})
export const text = Type.String({
  minLength: 1,
  maxLength: 2_000,
  pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$',
  description: 'a text',
})
export const line = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'a text of one line',
})
export const lines = Type.Array(line)
export const digest = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'the SHA-256 digest of a token, 64 hex digits (`lastcall digest --token` makes it)',
  secret: true,
})
export const environmentName = Type.String({
  pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$',
  description: 'the NAME of an environment variable that holds the secret, never the secret itself',
  secret: true,
})
export const httpUrl = Type.String({
  pattern: '^https?://[^\\s\\u0000-\\u001f]{1,500}$',
  description: 'an http:// or https:// address',
})

/** A whole number in a range. */
export const whole = (minimum: number, maximum: number, options: { default?: number } = {}) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum}`, ...options })

/** One of a few words. */
export const oneOf = <const T extends string[]>(words: readonly [...T], options: { default?: T[number] } = {}) =>
  Type.Enum(words, options)
