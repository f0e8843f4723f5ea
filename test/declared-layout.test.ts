import t from 'tap'
import { createParser } from '../ingest/parse/parser.ts'
import { recordOf } from '../ingest/records/record.ts'
import { AUTO_SOURCE, defaultSource } from '../services/config/open-catalogue.ts'
import { told } from './told.ts'

function read(format: string, layout: string, line: string) {
  const outcomes: unknown[] = []
  const parser = createParser({ ...defaultSource(AUTO_SOURCE), format, layout })
  parser.parse(recordOf(Buffer.from(line)), 1_795_317_804_598, (name, outcome) =>
    outcomes.push({ name, ...told(outcome) }),
  )
  return outcomes
}
const NGINX = '$remote_addr - [$time_local] "$request" $status $request_time $http_x_api_key'
const LINE = '203.0.113.9 - [22/Nov/2026:03:23:24 +0000] "GET /v1 HTTP/1.1" 200 0.012 SECRET-KEY'
const READ = [
  {
    name: 'nginx-log-format',
    kind: 'ok',
    value: { clientIp: '203.0.113.9', target: '/v1', requestHeaders: { 'x-api-key': 'SECRET-KEY' } },
  },
]

t.test('a source with a layout reads its lines as they come', async t => {
  t.hasStrict(read('nginx-log-format', NGINX, LINE), READ)
})

t.test('the header of an envelope is not taken for a field', async t => {
  for (const header of [
    '<190>Nov 22 03:23:24 web-1 nginx: ',
    'Nov 22 03:23:24 web-1 nginx: ',
    '2026-11-22T03:23:24.892Z stdout F ',
    'gateway-1  | ',
  ])
    t.hasStrict(read('nginx-log-format', NGINX, header + LINE), READ, header)
})

t.test('a line cut short is salvaged through the envelope', async t => {
  t.hasStrict(read('nginx-log-format', NGINX, `<190>Nov 22 03:23:24 web-1 nginx: ${LINE.slice(0, -17)}`), [
    { kind: 'ok', value: { target: '/v1', status: 200, truncated: true } },
  ])
})

t.test('a layout in JSON is read as its text, broken or not', async t => {
  const layout = `log_format j escape=json '{"t":"$msec","r":"$request","s":$status,"u":$upstream_response_time,"a":"$http_user_agent"}';`
  for (const [line, agent] of [
    ['{"t":"1795317804.892","r":"GET /v1 HTTP/1.1","s":200,"u":0.012,"a":"curl/8.5.0"}', 'curl/8.5.0'],
    ['{"t":"1795317804.892","r":"GET /v1 HTTP/1.1","s":200,"u":,"a":"a \\"b\\""}', 'a "b"'],
  ] as const)
    t.hasStrict(read('nginx-log-format', layout, line), [{ kind: 'ok', value: { target: '/v1', agent } }], line)
})

t.test('a layout that cannot be read stops the source with its code', async t => {
  t.throws(() => read('nginx-log-format', '$request', LINE), { code: 'LC_LAYOUT_INCOMPLETE', exit: 2 })
  t.throws(() => read('apache-log-format', '%~', LINE), { code: 'LC_LAYOUT_UNKNOWN', exit: 2 })
  t.throws(() => read('haproxy-log-format', '', LINE), { code: 'LC_LAYOUT_SYNTAX', exit: 2 })
})
