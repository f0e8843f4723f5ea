import t from 'tap'
import type { Source } from '../../services/domain/catalogue.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { rawWith, sourceWith } from '../../test/small-world.ts'
import { type Alias, Identities } from './identity.ts'
import { createKeyDigest } from './key-digest.ts'
import { isNobody } from './nobody.ts'

const pepper = { id: 'p1', secret: Buffer.alloc(32, 7) }
const digest = createKeyDigest({ current: pepper, earlier: [] })

function who(some: Partial<RawCall>, source: Partial<Source> = {}, query = ''): { consumer: string; key: string } {
  const identities = new Identities(sourceWith({ realm: 'kong', ...source }), digest)
  identities.read(rawWith(some), query, some.status ?? 200)
  return { consumer: identities.consumer, key: identities.key }
}
const jwt = (claims: object): string => `${part({ alg: 'none' })}.${part(claims)}.FAKE`
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

t.test('the first identity that names somebody is the consumer', async t => {
  const identities = [
    { kind: 'consumer', value: 'anonymous' },
    { kind: 'app', value: ' shop ' },
    { kind: 'user', value: 'ann' },
  ] as const
  t.same(who({ identities }), { consumer: 'kong:app:shop', key: '' })
})

t.test('words that mean nobody are nobody', async t => {
  for (const word of [
    '',
    '-',
    'anonymous',
    'ANONYMOUS',
    'REDACTED',
    '[REDACTED]',
    '<redacted>',
    '(null)',
    'null',
    'unknown',
    '[]',
    '{}',
    '"-"',
    'x-anonymous-consumer',
    '***',
    'abcd****',
    'undefined',
  ]) {
    t.ok(isNobody(word), word)
    t.same(who({ identities: [{ kind: 'consumer', value: word }], apiKey: word }), { consumer: '', key: '' }, word)
  }
  t.notOk(isNobody('annonymous-labs'))
})

t.test('an identity that looks like a key is kept as its digest only', async t => {
  for (const value of [
    'sk_live_FAKE0123456789',
    jwt({ sub: 'ann' }),
    'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    'x'.repeat(129),
    'two\nlines',
  ]) {
    t.match(
      who({ identities: [{ kind: 'consumer', value }] }).consumer,
      /^kong:consumer:p1\.[0-9a-f]{32}$/,
      value.slice(0, 20),
    )
  }
})

t.test('ids that gateways give out stay readable', async t => {
  for (const value of [
    'acme',
    '123e4567-e89b-12d3-a456-426614174000',
    '5600b57e7e8880006a060002',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'arn:aws:iam::123456789012:user/alice',
    'ann@corp.example',
    'CN=acme,O=Acme Inc',
    'a1b2c3d4e5',
    '7001234567890123',
  ]) {
    t.equal(who({ identities: [{ kind: 'consumer', value }] }).consumer, `kong:consumer:${value}`)
  }
})

t.test('a key becomes the consumer only where the gateway names none, and is kept beside a name too', async t => {
  const alone = who({ apiKey: 'FAKE-KEY' })
  t.match(alone.key, /^p1\.[0-9a-f]{32}$/)
  t.equal(alone.consumer, `kong:key:${alone.key}`)
  t.same(who({ apiKey: 'FAKE-KEY', identities: [{ kind: 'consumer', value: 'acme' }] }), {
    consumer: 'kong:consumer:acme',
    key: alone.key,
  })
})

t.test('one key is one key, however it is sent', async t => {
  const { key } = who({ apiKey: 'FAKE-KEY' })
  const header = { key: { header: 'Authorization' } } as const
  t.equal(who({ requestHeaders: { AUTHORIZATION: 'Bearer  FAKE-KEY ' } }, header).key, key)
  t.equal(who({ requestHeaders: { authorization: ['bearer FAKE-KEY'] } }, header).key, key)
  t.equal(who({ requestHeaders: { authorization: `Basic ${btoa('FAKE-KEY:x')}` } }, header).key, key)
  t.equal(who({ requestHeaders: { authorization: 'ApiKey FAKE-KEY' } }, header).key, key)
  t.equal(who({}, { key: { query: 'apikey' } }, 'a=1&api%6Bey=FAKE%2DKEY&apikey=other').key, key)
  t.equal(
    who({ requestHeaders: { request_Apikey: 'FAKE-KEY' }, headerPrefix: 'request_' }, { key: { header: 'apikey' } })
      .key,
    key,
  )
  t.not(who({ apiKey: 'fake-key' }).key, key, 'case matters')
})

t.test('a credential that changes with each call is no key', async t => {
  const header = { key: { header: 'authorization' } } as const
  for (const authorization of [
    'REDACTED',
    'Bearer REDACTED',
    `Bearer ${jwt({ sub: 'ann' })}`,
    'Digest username="ann", response="0f"',
    'Basic ????',
    'x'.repeat(9_000),
  ]) {
    t.same(who({ requestHeaders: { authorization } }, header), { consumer: '', key: '' }, authorization.slice(0, 20))
  }
  t.equal(
    who(
      {
        requestHeaders: {
          authorization: 'AWS4-HMAC-SHA256 Credential=AKIAFAKE/20261122/eu/x/aws4_request, Signature=0f',
        },
      },
      header,
    ).key,
    who({ apiKey: 'AKIAFAKE' }).key,
  )
})

t.test('a header proves an identity only where the source trusts it', async t => {
  const requestHeaders = {
    'X-Consumer-Id': 'acme',
    'x-user': 'ann',
    authorization: `Bearer ${jwt({ sub: 'ann', azp: 'shop' })}`,
  }
  t.same(who({ requestHeaders }), { consumer: '', key: '' })
  t.equal(who({ requestHeaders }, { trustedHeaders: ['x-consumer-id'] }).consumer, 'kong:consumer:acme')
  t.equal(who({ requestHeaders }, { trustedHeaders: ['x-user'] }).consumer, 'kong:user:ann')
  t.equal(
    who(
      { requestHeaders: { ...requestHeaders, 'X-Anonymous-Consumer': 'true' } },
      { trustedHeaders: ['x-consumer-id', 'x-user'] },
    ).consumer,
    'kong:user:ann',
  )
})

t.test('a token says who it is for only where the source trusts the header it came in', async t => {
  const trusting = { trustedHeaders: ['authorization'] }
  const bearer = (claims: object): Partial<RawCall> => ({ requestHeaders: { authorization: `Bearer ${jwt(claims)}` } })
  t.equal(who(bearer({ sub: 'ann', azp: 'shop' }), trusting).consumer, 'kong:client:shop')
  t.equal(who(bearer({ sub: 'ann' }), trusting).consumer, 'kong:user:ann')
  t.equal(who(bearer({ sub: 7, client_id: ['x'] }), trusting).consumer, '')
  t.equal(who({ requestHeaders: { authorization: 'Bearer eyJx.!!!.x' } }, trusting).consumer, '')
  t.equal(
    who(
      {
        requestHeaders: {
          authorization: `Bearer eyJx.${Buffer.from('{"__proto__":{"sub":"x"}}').toString('base64url')}.x`,
        },
      },
      trusting,
    ).consumer,
    '',
  )
  t.equal(who({ requestHeaders: { authorization: `Basic ${btoa('ann:pw')}` } }, trusting).consumer, 'kong:user:ann')
})

t.test('in a rotation of the pepper each key is announced with its old id, once', async t => {
  const old = { id: 'p0', secret: Buffer.alloc(32, 1) }
  const seen: Alias[] = []
  const identities = new Identities(
    sourceWith({ realm: 'kong' }),
    createKeyDigest({ current: pepper, earlier: [old] }),
    alias => seen.push(alias),
  )
  for (const apiKey of ['FAKE-A', 'FAKE-B', 'FAKE-A']) identities.read(rawWith({ apiKey }), '', 200)
  const before = createKeyDigest({ current: old, earlier: [] })
  t.same(
    seen,
    ['FAKE-A', 'FAKE-B'].map(key => ({ from: `kong:key:${before.digest(key)}`, to: `kong:key:${digest.digest(key)}` })),
  )
})

t.test('digests are HMAC-SHA-256 under the pepper, cut to 128 bits', async t => {
  t.equal(
    createKeyDigest({ current: { id: 'p9', secret: Buffer.from('key') }, earlier: [] }).digest(
      'The quick brown fox jumps over the lazy dog',
    ),
    'p9.f7bc83f430538424b13298e6aa6fb143',
  )
  const many = createKeyDigest({ current: pepper, earlier: [] })
  const first = many.digest('FAKE-0')
  for (let i = 0; i < 60_000; i++) many.digest(`FAKE-${String(i)}`)
  t.equal(many.digest('FAKE-0'), first, 'forgotten and made again')
})
