import t from 'tap'
import type { Source } from '../../services/domain/catalogue.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { rawWith, type SmallApi, sourceWith, worldOf } from '../../test/small-world.ts'
import { createKeyDigest } from '../normalise/key-digest.ts'
import { type CallExplanation, explainCall } from './explain.ts'

const digest = createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] })
const received = Date.UTC(2026, 10, 22, 12, 0, 1)

function explain(
  some: Partial<RawCall>,
  api: SmallApi = {},
  source: Source = sourceWith(),
  others: readonly Source[] = [],
): CallExplanation {
  return explainCall(rawWith(some), { catalogue: worldOf([api], [source, ...others]), source, digest, received })
}

t.test('a drop tells its rule, what was found, and the key that changes it', async t => {
  t.match(explain({ time: 0 }), { rule: /1970-01-01T00:00:00Z/, key: 'sources[edge].zone' })
  t.match(explain({ time: Number.POSITIVE_INFINITY }), { rule: /Infinity/ })
  t.match(explain({ host: '' }), { key: 'sources[edge].host' })
  t.match(explain({ host: 'Other.example:80' }), { rule: 'no API has the host other.example', key: 'apis[].hosts' })
  t.match(explain({}, {}, sourceWith(), [sourceWith({ id: 'gateway', authoritative: ['api.example'] })]), {
    rule: /source gateway is declared authoritative for api.example/,
    key: 'sources[gateway].authoritative',
  })
  t.match(explain({ method: '' }), {
    outcome: { kind: 'unparsed', reason: 'no-request' },
    rule: /method or target/,
    key: '',
  })
})

t.test('losing templates tell the first segment that differed', async t => {
  const operations = [
    'GET /v1/orders/{id}',
    'GET /v1/orders/me',
    'POST /v1/orders/{id}',
    'GET /v1/orders/{id}/items',
    'GET /v1/users/{id}',
    'GET /other',
  ]
  t.same(explain({ target: '/v1/orders/42' }, { operations }).losers, [
    { template: 'POST /v1/orders/{}', segment: 0, why: 'the method is GET, not POST' },
    { template: 'GET /v1/orders/{}/items', segment: 4, why: 'segment 4, "items", is missing' },
    { template: 'GET /v1/orders/me', segment: 3, why: 'segment 3 is "42", not "me"' },
    { template: 'GET /v1/users/{}', segment: 2, why: 'segment 2 is "orders", not "users"' },
  ])
  t.match(explain({ target: '/v1/orders/me' }, { operations }).losers[0], {
    template: 'GET /v1/orders/{}',
    segment: 0,
    why: /"me" beats "{}" in segment 3/,
  })
  t.match(
    explain({ target: '/v1/orders/42:activate' }, { operations }).losers.find(
      it => it.template === 'GET /v1/orders/{}',
    ),
    { segment: 3, why: /custom method/ },
  )
  t.match(
    explain({ target: '/v1/orders/' }, { operations }).losers.find(it => it.template === 'GET /v1/orders/{}'),
    { segment: 3, why: /trailing/ },
  )
  t.match(explain({ target: '/v1/orders/42/items/7' }, { operations }).losers[0], {
    why: 'segment 5, "7", is one too many',
  })
})

t.test('a call without a consumer tells what would name one, and no value', async t => {
  const note = (some: Partial<RawCall>, source?: Source): string => explain(some, {}, source).notes[0] ?? ''
  t.match(note({ status: 403 }), /403 proves none/)
  t.match(note({ identities: [{ kind: 'consumer', value: 'anonymous' }] }), /placeholder/)
  const headers = { requestHeaders: { 'X-Consumer-Username': 'acme', authorization: 'Bearer FAKE' } }
  t.match(note(headers), /x-consumer-username, authorization.*trusted-headers/)
  t.notMatch(note(headers), /acme|FAKE/)
  t.match(note({}), /sources\[edge\]\.key/)
  t.match(note({}, sourceWith({ key: { header: 'x-key' } })), /header x-key .* holds no key/)
})

t.test('a call without a version and test traffic are explained', async t => {
  t.match(
    explain({ target: '/orders' }, { version: { in: 'header', name: 'x-version' } }).notes.join(' '),
    /header x-version \(apis\[partner\]\.version\)/,
  )
  t.match(explain({ agent: 'PostmanRuntime/7' }).notes.join(' '), /Test traffic/)
})

t.test('what is shown of a path is what is kept of it', async t => {
  const shown = JSON.stringify(
    explain({ target: '/v1/orders/sk_live_FAKE0123456789/x' }, { operations: ['GET /v1/orders/{id}'] }),
  )
  t.notMatch(shown, /FAKE/)
})
