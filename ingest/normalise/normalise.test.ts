import t from 'tap'
import type { Call } from '../../services/domain/call.ts'
import type { Source } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { rawWith, type SmallApi, sourceWith, worldOf } from '../../test/small-world.ts'
import { createKeyDigest } from './key-digest.ts'
import { createNormaliser } from './normalise.ts'

const digest = createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] })
const received = Date.UTC(2026, 10, 22, 12, 0, 1)

function reader(
  apis: readonly SmallApi[],
  source: Source = sourceWith(),
  others: readonly Source[] = [],
): (some?: Partial<RawCall>) => Outcome<Call> {
  const normalise = createNormaliser({ catalogue: worldOf(apis, [source, ...others]), source, digest })
  return (some = {}) => normalise(rawWith(some), received)
}

function callOf(outcome: Outcome<Call>): Call {
  if (outcome.kind !== 'ok') throw new Error(`not a call: ${outcome.reason}`)
  return outcome.value
}
const reasonOf = (outcome: Outcome<Call>): string =>
  outcome.kind === 'ok' ? 'ok' : `${outcome.kind} ${outcome.reason}`

const orders = [{ operations: ['GET /v1/orders/{id}'], deprecated: ['POST /v1/orders/{id}:cancel'] }]

t.test('a good record becomes a call with every field settled', async t => {
  const read = reader(orders, sourceWith({ realm: 'kong' }))
  const call = callOf(
    read({
      target: '/v1/orders/42?apikey=sk_live_FAKE0123456789&x=1#top',
      host: 'API.Example.:8443',
      identities: [{ kind: 'consumer', value: 'acme' }],
      agent: 'python-requests/2.32.3',
      clientIp: '203.0.113.77',
      requestId: 'req-1',
      durationMs: 12.6,
      weight: 10,
      deprecation: '@1688169599',
    }),
  )
  t.match(call, {
    time: Date.UTC(2026, 10, 22, 12),
    timeKind: 'start',
    received,
    source: 'edge',
    api: 'partner',
    version: 'v1',
    operation: 'GET /v1/orders/{}',
    matched: 'known',
    path: '/v1/orders/42',
    consumer: 'kong:consumer:acme',
    key: '',
    agent: 'python-requests/2.32',
    net: '203.0.113.0/24',
    status: 200,
    weight: 10,
    class: 'use',
    durationMs: 13,
    requestId: 'req-1',
    deprecation: '@1688169599',
  })
  t.ok(call.mapRev > 0 && call.mapRev <= 0xffffffff)
})

t.test('an end takes its duration off, a logged instant stays what it is', async t => {
  const read = reader(orders)
  const time = Date.UTC(2026, 10, 22, 12)
  t.match(callOf(read({ time, timeKind: 'end', durationMs: 1_500 })), { time: time - 1_500, timeKind: 'start' })
  t.match(callOf(read({ time, timeKind: 'end' })), { time, timeKind: 'logged' })
  t.match(callOf(read({ time: time + 0.7, timeKind: 'logged', durationMs: 9 })), {
    time,
    timeKind: 'logged',
    durationMs: 9,
  })
  t.match(callOf(read({ time, timeKind: 'end', durationMs: 1e15 })), { time, timeKind: 'logged', durationMs: 0 })
})

t.test('instants from 2000 to ten minutes ahead are taken, others dropped', async t => {
  const read = reader(orders)
  t.equal(reasonOf(read({ time: Date.UTC(2000, 0, 1) })), 'ok')
  t.equal(reasonOf(read({ time: Date.UTC(2000, 0, 1) - 1 })), 'drop time-range')
  t.equal(reasonOf(read({ time: received + 600_000 })), 'ok')
  t.equal(reasonOf(read({ time: received + 600_001 })), 'drop time-range')
  t.equal(reasonOf(read({ time: Number.POSITIVE_INFINITY })), 'drop time-range')
  t.equal(reasonOf(read({ time: Number.NaN })), 'unparsed no-time')
})

t.test('the host comes from the target, else the record, else the source, and says which API it is', async t => {
  const read = reader(
    [
      { id: 'exact', hosts: ['api.example'] },
      { id: 'below', hosts: ['*.example'] },
      { id: 'deep', hosts: ['*.eu.example'] },
    ],
    sourceWith({ host: 'x.eu.example' }),
  )
  t.equal(callOf(read({ host: 'API.EXAMPLE.' })).api, 'exact')
  t.equal(callOf(read({ host: 'a.example:80' })).api, 'below')
  t.equal(callOf(read({ host: 'b.a.eu.example' })).api, 'deep')
  t.equal(callOf(read({ host: '' })).api, 'deep')
  t.equal(callOf(read({ host: '-' })).api, 'deep')
  t.equal(callOf(read({ target: 'https://user:pw@api.example:8443/v1/x?y', host: 'a.example' })).api, 'exact')
  t.equal(reasonOf(read({ host: 'example' })), 'drop unknown-host')
})

t.test('a record without a host is dropped by that name, unless an API takes every host', async t => {
  t.equal(reasonOf(reader(orders)({ host: '' })), 'drop no-host')
  t.equal(callOf(reader([{ id: 'all', hosts: ['*'] }])({ host: '' })).api, 'all')
  t.equal(callOf(reader([{ id: 'all', hosts: ['*'] }])({ host: 'any.example' })).api, 'all')
})

t.test('without a catalogue every host is an API, and the version is read from the path', async t => {
  const source = sourceWith()
  const normalise = createNormaliser({ catalogue: worldOf([], [source], true), source, digest })
  const open = (some: Partial<RawCall>): Call => callOf(normalise(rawWith(some), received))
  t.match(open({ target: '/v2.2/files/abc', host: 'A.example' }), {
    api: 'a.example',
    version: 'v2.2',
    operation: 'GET /v2.2/files/abc',
    matched: 'inferred',
  })
  t.match(open({ target: '/api/v1/files/17', host: '' }), { api: '', version: 'v1', operation: 'GET /api/v1/files/{}' })
  t.match(open({ target: '/users/v2' }), { version: '' })
})

t.test('a source that is not the authority for a host leaves its calls to the one that is', async t => {
  const cdn = sourceWith({ id: 'cdn' })
  const gateway = sourceWith({ id: 'gateway', authoritative: ['api.example'] })
  t.equal(reasonOf(reader(orders, cdn, [gateway])()), 'drop other-hop')
  t.equal(reasonOf(reader(orders, gateway, [cdn])()), 'ok')
  t.equal(reasonOf(reader([{ hosts: ['*'] }], cdn, [gateway])({ host: 'other.example' })), 'ok')
})

t.test('versions are read where the API has them, and are empty when nobody pinned one', async t => {
  const header = reader([{ version: { in: 'header', name: 'X-Api-Version' } }])
  t.equal(callOf(header({ requestHeaders: { 'x-api-version': '2024-10-01' } })).version, '2024-10-01')
  t.equal(callOf(header()).version, '')
  const query = reader([{ version: { in: 'query', name: 'v' } }])
  t.equal(callOf(query({ target: '/orders?x=1&v=2' })).version, '2')
  t.equal(callOf(query({ target: '/orders?v=sk_live_FAKE0123456789' })).version, '')
  const media = reader([{ version: { in: 'media-type' } }])
  t.equal(callOf(media({ requestHeaders: { Accept: 'text/html, application/vnd.acme.v2+json' } })).version, 'v2')
  t.equal(callOf(media({ requestHeaders: { accept: ['application/json; version=2'] } })).version, '2')
  t.equal(callOf(media({ requestHeaders: { accept: 'application/signed-exchange;v=b3;q=0.7' } })).version, '')
  const host = reader([{ version: { in: 'host' }, hosts: ['*.example'] }])
  t.equal(callOf(host({ host: 'v2.api.example' })).version, 'v2')
  t.equal(callOf(host({ host: 'dev2.api.example' })).version, '')
  const path = reader([{ operations: ['GET /partner/v3/x', 'GET /{version}/y'] }])
  t.equal(callOf(path({ target: '/partner/v2.1/unknown' })).version, 'v2.1')
  t.equal(callOf(path({ target: '/orders/v2' })).version, '')
  t.equal(callOf(path({ target: '/v9/y' })).version, 'v9')
})

t.test('odd methods are calls, words that are no method are none', async t => {
  const read = reader(orders)
  t.equal(callOf(read({ method: 'brew' })).operation, 'BREW /v1/orders/{}')
  t.equal(callOf(read({ method: 'AKIAFAKE12345678' })).operation, '__other__ /v1/orders/{}')
  t.equal(reasonOf(read({ method: '' })), 'unparsed no-request')
  t.equal(reasonOf(read({ method: 'G ET' })), 'unparsed no-request')
  t.equal(reasonOf(read({ method: 'A'.repeat(33) })), 'unparsed no-request')
  t.equal(reasonOf(read({ method: 'CONNECT', target: 'api.example:443' })), 'unparsed no-request')
  t.equal(callOf(read({ method: 'OPTIONS', target: '*' })).operation, 'OPTIONS *')
})

t.test('a template the gateway names counts only in the place of the path', async t => {
  const read = reader([{ operations: ['GET /pets/{petId}', 'GET /v2/pets/{id}', 'GET /r/{id}'] }])
  t.equal(callOf(read({ target: '/pets/{petId}', route: '/pets/{petId}' })).operation, 'GET /pets/{}')
  t.equal(callOf(read({ target: '', route: '/pets/{petId}' })).matched, 'known')
  t.equal(callOf(read({ target: '/v2/pets/1', route: '/pets/{id}' })).operation, 'GET /v2/pets/{}')
  t.equal(
    callOf(read({ target: '/v3/pets/1', route: '/pets/{petId}' })).matched,
    'inferred',
    'a mounted router is another operation',
  )
})

t.test('a path of 100,000 characters, NUL and lone surrogates are calls like others', async t => {
  const read = reader(orders)
  const long = callOf(read({ target: `/v1/orders/${'a/'.repeat(50_000)}` }))
  t.equal(long.matched, 'inferred')
  t.ok(long.path.length <= 512)
  t.equal(callOf(read({ target: '/v1/orders/\0\ud800' })).operation, 'GET /v1/orders/{}')
  t.ok(callOf(read({ target: '/v1/orders/\0\ud800' })).path.isWellFormed())
})

t.test('401 and 403 prove nobody', async t => {
  const read = reader(orders, sourceWith({ key: { header: 'x-api-key' } }))
  for (const status of [401, 403]) {
    t.match(
      callOf(
        read({ status, identities: [{ kind: 'consumer', value: 'acme' }], requestHeaders: { 'x-api-key': 'k1' } }),
      ),
      { consumer: '', key: '' },
    )
  }
})

t.test('probes, monitors, own networks and named consumers are test traffic', async t => {
  const read = reader(
    orders,
    sourceWith({
      test: { agents: ['acme-smoke'], networks: ['10.0.0.0/8', '2001:db8::/32'], consumers: ['edge:consumer:ci'] },
    }),
  )
  t.equal(callOf(read({ synthetic: true })).class, 'test')
  t.equal(callOf(read({ agent: 'PostmanRuntime/7.39.0' })).class, 'test')
  t.equal(
    callOf(read({ agent: 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)' })).class,
    'test',
  )
  t.equal(callOf(read({ agent: 'Acme-Smoke/1' })).class, 'test')
  t.equal(callOf(read({ clientIp: '10.9.8.7:1234' })).class, 'test')
  t.equal(callOf(read({ clientIp: '[2001:db8::1]:443' })).class, 'test')
  t.equal(callOf(read({ identities: [{ kind: 'consumer', value: 'ci' }] })).class, 'test')
  t.equal(callOf(read({ agent: 'acme/1', clientIp: '11.0.0.1' })).class, 'use')
})

t.test('statuses and weights are whole numbers in range', async t => {
  const read = reader(orders)
  t.equal(callOf(read({ status: -1 })).status, 0)
  t.equal(reasonOf(read({ status: Number.NaN })), 'unparsed no-status')
  t.equal(reasonOf(read({ status: 1_000 })), 'unparsed no-status')
  t.equal(callOf(read({ weight: Number.NaN })).weight, 1)
  t.equal(callOf(read({ weight: 0 })).weight, 1)
  t.equal(callOf(read({ weight: 1e300 })).weight, 1_000_000)
})
