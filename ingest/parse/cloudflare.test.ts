import t from 'tap'
import { cloudflare } from './cloudflare.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const record = {
  ClientIP: '203.0.113.45',
  ClientRequestHost: 'api.example.com',
  ClientRequestMethod: 'POST',
  ClientRequestPath: '/v1/orders',
  ClientRequestURI: '/v1/orders?apikey=SECRET',
  ClientRequestUserAgent: 'Go-http-client/2.0',
  EdgeStartTimestamp: 1712790015600000000,
  EdgeEndTimestamp: 1712790015900000000,
  EdgeResponseStatus: 502,
  RayID: '87a1b2c3d4e5f009',
  RequestHeaders: { 'x-consumer': 'spoofed' },
  ResponseHeaders: { deprecation: ['@1688169599'] },
}
const parse = (more: object) => cloudflare.parse({ ...record, ...more }, context)

t.test('a request is a call at the moment the edge took it', async t => {
  t.equal(cloudflare.recognises(record), true)
  const outcome = parse({})
  t.match(outcome, {
    kind: 'ok',
    value: {
      time: 1712790015600,
      timeKind: 'start',
      durationMs: 300,
      target: '/v1/orders?apikey=SECRET',
      status: 502,
      requestId: '87a1b2c3d4e5f009',
      deprecation: '@1688169599',
      weight: 1,
    },
  })
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
})

t.test('the three time formats, as numbers or text, name the same moment', async t => {
  const at = (start: unknown, end: unknown) => {
    const outcome = parse({ EdgeStartTimestamp: start, EdgeEndTimestamp: end })
    return outcome.kind === 'ok' ? [outcome.value.time, outcome.value.durationMs] : outcome
  }
  t.same(at('1712790015600000000', '1712790015900000000'), [1712790015600, 300])
  t.same(at(1712790015, 1712790016), [1712790015000, 1000])
  t.same(at('1712790015', undefined), [1712790015000, 0])
  t.same(at('2024-04-10T23:00:15Z', '2024-04-10T23:00:15Z'), [1712790015000, 0])
  t.same(at('2024-04-10 23:00:15', undefined), [1712790015000, 0])
})

t.test('nanoseconds beyond what a double holds keep their millisecond', async t => {
  let wrong = 0
  for (let ms = 1_795_317_804_000; ms < 1_795_317_806_000; ms++) {
    const outcome = parse({ EdgeStartTimestamp: Number(`${ms}000000`) })
    if (outcome.kind !== 'ok' || outcome.value.time !== ms) wrong++
  }
  t.equal(wrong, 0)
})

t.test('what a Worker or Cloudflare itself caused is no call of a client', async t => {
  for (const more of [
    { WorkerSubrequest: true },
    { WorkerSubrequest: 'true' },
    { ParentRayID: '87a1b2c3d4e5f001' },
    { ClientRequestSource: 'edgeWorkerFetch' },
  ])
    t.same(parse(more), { kind: 'drop', reason: 'subrequest' })
  t.equal(parse({ WorkerSubrequest: false, ParentRayID: '00', ClientRequestSource: 'eyeball' }).kind, 'ok')
  t.match(parse({ ClientRequestSource: 'healthcheck' }), { value: { synthetic: true } })
})

t.test('a firewall event is about a request that has a row of its own', async t => {
  t.same(parse({ Action: 'block', Datetime: '2024-04-10T23:00:15Z', EdgeStartTimestamp: null }), {
    kind: 'drop',
    reason: 'not-a-request',
  })
})

t.test('a sampled row stands for several', async t => {
  t.match(parse({ SampleInterval: 10 }), { value: { weight: 10 } })
  t.match(parse({ SampleRate: '0.05' }), { value: { weight: 20 } })
  for (const odd of [0, -1, 1e300, '-', null, {}]) t.match(parse({ SampleInterval: odd }), { value: { weight: 1 } })
})

t.test('a verified client certificate is a credential, an unverified one is not', async t => {
  const certificate = { ClientMTLSAuthCertFingerprint: '0beb', ClientMTLSAuthStatus: 'ok' }
  t.match(parse(certificate), { value: { identities: [{ kind: 'credential', value: '0beb' }] } })
  const outcome = parse({ ...certificate, ClientMTLSAuthStatus: 'invalid' })
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
})
