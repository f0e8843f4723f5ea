import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { combinedMore } from './combined-more.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(combinedMore.parse(line, context))
const COMBINED =
  '203.0.113.9 - jane [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42 HTTP/1.1" 200 11 "-" "curl/8.5.0 \\"x\\""'

t.test('fields behind combined are left out, the call is whole', async t => {
  for (const more of [
    ' 345 678',
    ' 0.012 0.010 -',
    ' "api.example.com" 12',
    ' "-" "-"',
    ' kong_request_id: "a1b2"',
    ' 1/2',
  ]) {
    t.ok(combinedMore.recognises(COMBINED + more), more)
    t.hasStrict(read(COMBINED + more), {
      kind: 'ok',
      value: {
        time: Date.parse('2026-11-22T03:23:24Z'),
        timeKind: 'logged',
        target: '/v1/orders/42',
        status: 200,
        agent: 'curl/8.5.0 "x"',
        identities: '',
        requestHeaders: { 'remote-user': 'jane' },
        durationMs: 0,
        truncated: false,
      },
    })
  }
})

t.test('HAProxy’s CLF variant of httplog is such a line', async t => {
  const line =
    '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1 HTTP/1.1" 200 240 "" "" 56114 892 "fe" "be" "s1" 0 0 3 1 4 "----" 1 1 0 0 0 0 0 "" "" "curl" "x"'
  t.ok(combinedMore.recognises(line))
  t.hasStrict(read(line), { kind: 'ok', value: { target: '/v1', agent: '' } })
})

t.test('combined itself and the layouts with names of their own are other formats', async t => {
  const others = ['ingress-nginx', 'traefik-clf', 'common'].flatMap(name => TEXT_SPECIMENS.get(name) ?? [])
  for (const other of [COMBINED, `${COMBINED} "198.51.100.7"`, `${COMBINED} "cut`, `${COMBINED}  1`, ...others])
    t.notOk(combinedMore.recognises(other), other)
})
