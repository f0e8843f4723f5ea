import fc from 'fast-check'
import t from 'tap'
import { DROP_REASONS, type Outcome, UNPARSED_REASONS } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { JSON_SPECIMENS } from '../../test/json-specimens.ts'
import type { JsonFormat, JsonObject } from './format.ts'
import { FORMATS } from './formats.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 1_795_317_804_598 }
const formats = FORMATS.filter(
  (format): format is JsonFormat => format.kind === 'json' && JSON_SPECIMENS.has(format.name),
)
const specimensOf = (format: JsonFormat) => JSON_SPECIMENS.get(format.name) ?? []

// Values that have broken readers before, among any JSON.
const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom(
    '',
    '-',
    'null',
    '\u0000',
    '\ud800',
    'SFRUUC8xLjEgMjAwIE9L',
    '{',
    '[]',
    '1e999',
    '-1',
    '9'.repeat(39),
  ),
  fc.constantFrom(Number.MAX_VALUE, -0, 2 ** 63, 1e21, 1.5, true, false, null),
  fc.constantFrom<unknown>([[]], [{}], [null], [['x']], { values: null }, { kvlistValue: { values: [null] } }),
)

/** Every place of a value: paths of keys from the root. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  const below = Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))
  return path.length === 0 ? below : [[...path], ...below]
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) }
  const at = copy as Record<string, unknown>
  if (by === undefined && rest.length === 0) delete at[key]
  else at[key] = replaced(at[key], rest, by)
  return copy
}

function sound(outcome: Outcome<RawCall>): boolean {
  if (outcome.kind === 'drop') return DROP_REASONS.includes(outcome.reason)
  if (outcome.kind === 'unparsed') return UNPARSED_REASONS.includes(outcome.reason)
  const call = outcome.value
  const texts = [
    call.method,
    call.target,
    call.route,
    call.host,
    call.apiKey,
    call.agent,
    call.clientIp,
    call.requestId,
  ]
  const headers = [call.deprecation, call.sunset, call.link, call.versionHeader, call.headerPrefix]
  return (
    [...texts, ...headers].every(text => typeof text === 'string') &&
    call.method !== '' &&
    call.target !== '' &&
    Number.isFinite(call.time) &&
    (call.status === 0 || (call.status >= 100 && call.status <= 999)) &&
    Number.isFinite(call.durationMs) &&
    call.durationMs >= 0 &&
    Number.isInteger(call.weight) &&
    call.weight >= 1 &&
    call.identities.every(({ value }) => typeof value === 'string' && value.trim() !== '') &&
    (call.requestHeaders === undefined || typeof call.requestHeaders === 'object')
  )
}

t.test('every specimen is recognised by its own format and by no other', async t => {
  for (const [name, specimens] of JSON_SPECIMENS)
    for (const [index, specimen] of specimens.entries()) {
      const by = FORMATS.filter(format => format.kind === 'json' && format.recognises(specimen)).map(({ name }) => name)
      t.same(by, [name], `${name} ${index}`)
    }
})

t.test('every specimen is a call', async t => {
  for (const format of formats)
    for (const specimen of specimensOf(format)) t.match(format.parse(specimen, context), { kind: 'ok' }, format.name)
})

t.test('any field replaced by anything, or left out: never an exception, always a sound outcome', async t => {
  for (const format of formats) {
    const cases = specimensOf(format).flatMap(specimen => places(specimen).map(path => ({ specimen, path })))
    const property = fc.property(fc.constantFrom(...cases), fc.oneof(anyValue, fc.constant(undefined)), (at, by) => {
      const value = replaced(at.specimen, at.path, by) as JsonObject
      format.recognises(value)
      return sound(format.parse(value, context))
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 1500 }), format.name)
  }
})

t.test('any JSON object at all: no exception, and two formats never claim the same one', async t => {
  const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
    for (const format of formats) if (!sound(format.parse(value, context))) return false
    return formats.filter(format => format.recognises(value)).length <= 1
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }))
})

t.test('a record that lost any of its fields is still its own format, or of none', async t => {
  const all = [...JSON_SPECIMENS].flatMap(([name, specimens]) => specimens.map(specimen => ({ name, specimen })))
  const part = fc
    .constantFrom(...all)
    .chain(({ name, specimen }) =>
      fc.record({ name: fc.constant(name), kept: fc.subarray(Object.entries(specimen), { minLength: 1 }) }),
    )
  const property = fc.property(part, ({ name, kept }) => {
    const record = Object.fromEntries(kept)
    return FORMATS.every(format => format.kind !== 'json' || format.name === name || !format.recognises(record))
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 5000 }))
})
