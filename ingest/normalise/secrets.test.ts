import fc from 'fast-check'
import t from 'tap'
import { IDENTITY_KINDS, type RawCall } from '../../services/domain/raw-call.ts'
import { rawWith, sourceWith, worldOf } from '../../test/small-world.ts'
import { createKeyDigest } from './key-digest.ts'
import { createNormaliser, type Normalise } from './normalise.ts'

const digest = createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] })
const received = Date.UTC(2026, 10, 22, 12, 0, 1)

const declared = sourceWith({
  key: { header: 'x-api-key' },
  trustedHeaders: ['x-consumer-id', 'authorization'],
  keepQuery: ['v'],
})
const byQuery = sourceWith({ id: 'q', key: { query: 'apikey' } })
const apis = [
  {
    id: 'partner',
    hosts: ['api.example', '*.below.example'],
    operations: [
      'GET /v1/orders/{id}',
      'POST /v1/orders/{id}:cancel',
      'GET /files/{rest+}',
      'GET /export/{name}.csv',
      'GET /login/{code}',
    ],
  },
  { id: 'media', hosts: ['media.example'], version: { in: 'media-type' as const } },
  { id: 'header', hosts: ['header.example'], version: { in: 'header' as const, name: 'x-version' } },
  { id: 'query', hosts: ['query.example'], version: { in: 'query' as const, name: 'v' } },
]
const normalisers = (): Normalise[] => [
  createNormaliser({ catalogue: worldOf(apis, [declared]), source: declared, digest }),
  createNormaliser({ catalogue: worldOf(apis, [byQuery]), source: byQuery, digest }),
  createNormaliser({ catalogue: worldOf([], [declared], true), source: declared, digest }),
]

const chars = (set: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...set), { minLength, maxLength }).map(list => list.join(''))
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const mixed = (set: string, min: number, max: number): fc.Arbitrary<string> =>
  chars(set, min, max).filter(text => (text.match(/[0-9]+/g)?.length ?? 0) >= 3)

// Every kind of secret a log was ever seen to hold; all of them random, so that a part found is a part kept.
const marked = fc.oneof(
  chars(`${LETTERS}0123456789`, 24, 40).map(body => `sk_live_${body}`),
  chars(`${LETTERS}0123456789`, 36, 36).map(body => `ghp_${body}`),
  chars('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16, 16).map(body => `AKIA${body}`),
  fc
    .tuple(chars(`${LETTERS}0123456789-_`, 20, 30), chars(`${LETTERS}0123456789-_`, 43, 43))
    .map(([claims, signature]) => `eyJhbGciOiJIUzI1NiJ9.eyJ${claims}.${signature}`),
)
const unmarked = fc.oneof(
  mixed('0123456789abcdef', 32, 64),
  mixed(`${LETTERS}0123456789`, 24, 48),
  mixed('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 28, 40),
)

function keeps(normalise: Normalise, raw: RawCall, secret: string): string {
  const outcome = normalise(raw, received)
  if (outcome.kind !== 'ok') return ''
  const wanted = secret.toLowerCase()
  for (const [field, value] of Object.entries(outcome.value)) {
    const text = String(value).toLowerCase()
    if (text.includes(wanted) || text.includes(encodeURIComponent(secret).toLowerCase()))
      return `${field}: ${String(value)}`
    // The last ten characters of a key are enough to know it again.
    if (secret.length > 24 && text.includes(wanted.slice(-12))) return `${field} (end): ${String(value)}`
  }
  return ''
}

const fields: Record<string, (secret: string) => Partial<RawCall>> = {
  'a whole segment': s => ({ target: `/v1/orders/${s}` }),
  'an unknown segment': s => ({ target: `/v9/things/${s}/more` }),
  'a percent-encoded segment': s => ({
    target: `/v1/orders/${[...Buffer.from(s)].map(b => `%${b.toString(16)}`).join('')}`,
  }),
  'a custom method': s => ({ target: `/v1/orders/12:${s}` }),
  'before a custom method': s => ({ method: 'POST', target: `/v1/orders/${s}:cancel` }),
  'a tail': s => ({ target: `/files/a/${s}/b.txt` }),
  'a mixed segment': s => ({ target: `/export/${s}.csv` }),
  'a session id in a segment': s => ({ target: `/v1/orders;jsessionid=${s}/42;x=${s};${s}` }),
  'behind an encoded slash': s => ({ target: `/v1/orders/a%2F${s}` }),
  'after a word that secrets follow': s => ({ target: `/v1/reset-password/${s}` }),
  'a dot segment': s => ({ target: `/v1/${s}/../orders/42` }),
  'the query': s => ({ target: `/v1/orders/42?apikey=${s}&v=${s}&${s}` }),
  'the fragment': s => ({ target: `/v1/orders/42#${s}` }),
  'userinfo and host of the target': s => ({ target: `https://u:${s}@api.example/v1/orders/42` }),
  'a host below': s => ({ host: `${s}.below.example` }),
  'the host': s => ({ host: `${s}.example` }),
  'the version query': s => ({ host: 'query.example', target: `/x?v=${s}` }),
  'the method': s => ({ method: s }),
  'the route': s => ({ route: `/v1/${s}` }),
  'the route in the place of the target': s => ({ target: '', route: `/v1/${s}` }),
  'an identity': s => ({ identities: [{ kind: 'consumer', value: s }] }),
  'a long identity': s => ({ identities: [{ kind: 'user', value: `${s} ${'x'.repeat(200)}` }] }),
  'the key field': s => ({ apiKey: s }),
  'the key header': s => ({ requestHeaders: { 'X-Api-Key': `Bearer ${s}` } }),
  'a trusted header': s => ({ requestHeaders: { 'x-consumer-id': s, authorization: `Bearer ${s}` } }),
  'another header': s => ({ requestHeaders: { cookie: `a=${s}`, [s]: s } }),
  'the media type': s => ({
    host: 'media.example',
    requestHeaders: { accept: `application/vnd.${s}+json;version=${s}` },
  }),
  'the version header': s => ({ host: 'header.example', requestHeaders: { 'x-version': s } }),
  'the agent': s => ({ agent: `MyApp/1.2.3 (${s}; key=${s})` }),
  'the agent alone': s => ({ agent: s }),
  'the client address': s => ({ clientIp: s }),
  'a Deprecation header': s => ({ deprecation: `@1688169599 ${s}` }),
  'a Sunset header': s => ({ sunset: s }),
  'a Link header': s => ({ link: `<https://u:${s}@api.example/v2/${s}?token=${s}#${s}>; rel="successor-version"` }),
  'the answered version': s => ({ versionHeader: s }),
}

for (const [place, plant] of Object.entries(fields)) {
  t.test(`a secret in ${place} is not kept`, async t => {
    const normalise = normalisers()
    fc.assert(
      fc.property(fc.oneof(marked, unmarked), secret => {
        for (const [i, one] of normalise.entries()) {
          const kept = keeps(one, rawWith(plant(secret)), secret)
          if (kept !== '') throw new Error(`${String(i)} kept ${secret} in ${kept}`)
        }
      }),
      { numRuns: 150, seed: 20261122 },
    )
    t.pass()
  })
}

t.test('the search itself finds a harmless marker wherever one may stay', async t => {
  const [normalise] = normalisers()
  if (normalise === undefined) throw new Error('no normaliser')
  const found = Object.entries(fields).filter(
    ([, plant]) => keeps(normalise, rawWith(plant('harmless')), 'harmless') !== '',
  )
  t.ok(found.length >= 12, found.map(([place]) => place).join(', '))
})

t.test('a marked secret in a request id is not kept, a plain id is', async t => {
  const [normalise] = normalisers()
  if (normalise === undefined) throw new Error('no normaliser')
  fc.assert(
    fc.property(marked, secret => keeps(normalise, rawWith({ requestId: secret }), secret) === ''),
    { numRuns: 200, seed: 20261122 },
  )
  const kept = normalise(rawWith({ requestId: '2f6946328ffc4946b8c9120704a4a155' }), received)
  t.match(kept, { value: { requestId: '2f6946328ffc4946b8c9120704a4a155' } })
})

t.test('whatever a record holds, it is accounted for and nothing throws', async t => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...'/%:;?#{}.@=&\0\ud800+-*ab2'), maxLength: 40 }),
    unmarked,
  )
  const number = fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1e300),
    fc.integer(),
  )
  const good = rawWith()
  const any: fc.Arbitrary<RawCall> = fc.record({
    time: fc.oneof(number, fc.constant(good.time)),
    timeKind: fc.constantFrom('start', 'end', 'logged'),
    method: fc.oneof(text, fc.constantFrom('GET', 'post')),
    target: fc.oneof(
      text,
      text.map(it => `/${it}`),
      text.map(it => `https://${it}`),
    ),
    route: text,
    host: fc.oneof(text, fc.constant('api.example')),
    status: fc.oneof(number, fc.constantFrom(200, 401)),
    durationMs: number,
    identities: fc.array(fc.record({ kind: fc.constantFrom(...IDENTITY_KINDS), value: text }), { maxLength: 3 }),
    apiKey: text,
    requestHeaders: fc.option(
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('x-api-key', 'Authorization', 'X-Consumer-Id', '__proto__')),
        fc.oneof(text, fc.anything()),
        { maxKeys: 4 },
      ),
      { nil: undefined },
    ),
    headerPrefix: fc.constantFrom('', 'request_'),
    agent: text,
    clientIp: fc.oneof(text, fc.ipV4(), fc.ipV6()),
    requestId: text,
    deprecation: text,
    sunset: text,
    link: text,
    versionHeader: text,
    weight: number,
    synthetic: fc.boolean(),
    truncated: fc.boolean(),
  })
  const normalise = normalisers()
  let calls = 0
  fc.assert(
    fc.property(any, raw => {
      for (const one of normalise) {
        const outcome = one(raw, received)
        if (outcome.kind !== 'ok') continue
        calls++
        const call = outcome.value
        const whole = [call.time, call.status, call.weight, call.durationMs, call.mapRev].every(
          value => Number.isSafeInteger(value) && value >= 0,
        )
        const texts = Object.values(call).filter(value => typeof value === 'string')
        if (!whole || !texts.every(value => value.isWellFormed() && value.length <= 600))
          throw new Error(JSON.stringify(call))
        if (call.path.length > 512 || /[?#\s]/.test(call.path)) throw new Error(`path ${call.path}`)
      }
    }),
    { numRuns: 3_000 },
  )
  t.ok(calls > 500, `${String(calls)} calls among them`)
})
