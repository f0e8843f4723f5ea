import { gzipSync } from 'node:zlib'
import t from 'tap'
import { readBody } from './a-reading.ts'

const LINE = '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42 HTTP/1.1" 200 11 "-" "curl/8.5.0"'
const RECORD = { msec: '1795317804.598', method: 'GET', uri: '/v1/orders/42', status: '200' }
const TIMELESS = { request_method: 'GET', request_uri: '/v1/orders/42', status: '200', remote_addr: '192.0.2.1' }
const JSON_LINE = JSON.stringify(RECORD)
const b64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const outcomes = (body: unknown) => readBody(typeof body === 'string' ? body : JSON.stringify(body)).outcomes
const timeOf = (body: unknown) => readBody(typeof body === 'string' ? body : JSON.stringify(body)).calls[0]?.time

t.test('Fluent Bit, Docker, Vector, Logstash, Beats, GELF: the line inside is the record', async t => {
  for (const [name, wrap] of [
    ['fluent bit', (log: string) => ({ date: 1795317900.123456, log })],
    ['docker', (log: string) => ({ log: `${log}\n`, stream: 'stdout', time: '2026-11-22T03:23:24.598123456Z' })],
    [
      'vector',
      (message: string) => ({
        file: '/x',
        host: 'gw',
        message,
        source_type: 'file',
        timestamp: '2026-11-22T03:23:24.6Z',
      }),
    ],
    [
      'logstash',
      (message: string) => ({
        '@timestamp': '2026-11-22T03:23:24.6Z',
        '@version': '1',
        message,
        event: { original: message },
        host: { name: 'gw' },
        log: { file: { path: '/x' } },
      }),
    ],
    [
      'logstash without message',
      (original: string) => ({ '@timestamp': '2026-11-22T03:23:24.6Z', event: { original } }),
    ],
    [
      'gelf',
      (line: string) => ({ version: '1.1', host: 'gw', short_message: 'x', full_message: line, timestamp: 1795317804 }),
    ],
  ] as const) {
    t.same(outcomes(wrap(LINE)), ['combined ok'], name)
    t.same(outcomes(wrap(JSON_LINE)), ['nginx-json ok'], name)
    t.same(outcomes([wrap(LINE), wrap(JSON_LINE)]), ['combined ok', 'nginx-json ok'], `${name} in an array`)
    t.same(outcomes(wrap('what is this')), [' unknown-format'], name)
    t.same(outcomes(wrap('\n')), [], `${name} around a blank line`)
  }
})

t.test('a record may be an object inside', async t => {
  t.same(outcomes({ date: 1, log: RECORD }), ['nginx-json ok'])
  t.same(outcomes({ message: RECORD, '@timestamp': '2026-11-22T03:23:24.6Z' }), ['nginx-json ok'])
})

t.test('the envelope\u2019s time stands in only when the record has none', async t => {
  t.equal(timeOf({ date: 1795317900.5, log: JSON_LINE }), 1795317804598)
  t.equal(timeOf({ date: 1795317900.5, log: JSON.stringify(TIMELESS) }), 1795317900500)
  t.equal(
    timeOf({ '@timestamp': '2026-11-22T03:23:24.6Z', message: JSON.stringify(TIMELESS) }),
    Date.parse('2026-11-22T03:23:24.6Z'),
  )
  t.equal(timeOf({ ...TIMELESS, date: 1795317900.5 }), 1795317900500, 'also where a shipper took the record apart')
  t.equal(
    timeOf(`<190>1 2026-11-22T03:23:24.6Z vm nginx - - - ${JSON.stringify(TIMELESS)}`),
    Date.parse('2026-11-22T03:23:24.6Z'),
  )
  t.equal(
    timeOf(`2026-11-22T04:23:24.6+01:00 stdout F ${JSON.stringify(TIMELESS)}`),
    Date.parse('2026-11-22T03:23:24.6Z'),
  )
})

t.test('Firehose records may be glued, compressed, empty or many lines', async t => {
  const body = (...data: string[]) => ({
    requestId: 'r',
    timestamp: 1578090901599,
    records: data.map(item => ({ data: item })),
  })
  t.same(outcomes(body(b64(`${JSON_LINE}\n`), b64(JSON_LINE + JSON_LINE), '', b64(`${LINE}\n${LINE}\n`))), [
    'nginx-json ok',
    'nginx-json ok',
    'nginx-json ok',
    'combined ok',
    'combined ok',
  ])
  t.same(outcomes(body()), [])
  t.same(outcomes(body(b64(gzipSync(LINE)))), ['combined ok'])
  t.same(outcomes(body(b64(gzipSync(LINE).subarray(0, 20)), b64(LINE))), [' encoding', 'combined ok'])
  t.same(outcomes({ requestId: 'r', timestamp: 1, records: [{ data: b64(LINE) }, { date: 1 }, 7] }), [
    'combined ok',
    ' unknown-format',
    ' unknown-format',
  ])
  t.same(outcomes({ data: b64(LINE) }), ['combined ok'], 'one record of a large body')
})

t.test('CloudWatch Logs events are lines, and control messages are none', async t => {
  const payload = (messageType: string) =>
    JSON.stringify({
      messageType,
      logGroup: 'g',
      logEvents: [
        { id: '1', timestamp: 1795317900500, message: JSON.stringify(TIMELESS) },
        { id: '2', timestamp: 1795317900500, message: `${LINE}\n` },
      ],
    })
  const body = (text: string) => ({ requestId: 'r', timestamp: 1, records: [{ data: b64(gzipSync(text)) }] })
  t.same(outcomes(body(payload('DATA_MESSAGE'))), ['nginx-json ok', 'combined ok'])
  t.equal(timeOf(body(payload('DATA_MESSAGE'))), 1795317900500)
  t.same(outcomes(body(payload('CONTROL_MESSAGE'))), [])
  t.same(outcomes({ awslogs: { data: b64(gzipSync(payload('DATA_MESSAGE'))) } }), ['nginx-json ok', 'combined ok'])
  t.same(outcomes({ id: '1', timestamp: 1, message: LINE }), ['combined ok'])
})

t.test('Kafka REST and Azure put their records into one object', async t => {
  t.same(outcomes({ records: [{ value: RECORD }, { key: 'k', value: LINE }, { nothing: 1 }] }), [
    'nginx-json ok',
    'combined ok',
    ' unknown-format',
  ])
  t.same(outcomes({ value: LINE, key: 'k', partition: 1 }), ['combined ok'])
  t.same(outcomes({ records: [RECORD, { time: '2026-11-22T03:23:24.6Z', ...TIMELESS }] }), [
    'nginx-json ok',
    'nginx-json ok',
  ])
})

t.test('OTLP records are read from attributes, body list or body line', async t => {
  const text = (stringValue: string) => ({ stringValue })
  const otlp = (...logRecords: object[]) => ({
    resourceLogs: [{ resource: {}, scopeLogs: [{ scope: {}, logRecords }] }, { scopeLogs: [] }],
  })
  const list = Object.entries(TIMELESS).map(([key, value]) => ({ key, value: text(value) }))
  const record = { timeUnixNano: '1795317804598000000' }
  t.same(
    outcomes(
      otlp(
        { ...record, body: text(LINE) },
        { ...record, attributes: list, body: text('x') },
        { ...record, body: { kvlistValue: { values: list } } },
        { ...record, body: text('what') },
      ),
    ),
    ['combined ok', 'nginx-json ok', 'nginx-json ok', ' unknown-format'],
  )
  t.equal(
    timeOf(otlp({ timeUnixNano: '0', observedTimeUnixNano: '1795317804598000000', attributes: list })),
    1795317804598,
  )
  t.same(outcomes({ ...record, body: text(LINE) }), ['combined ok'], 'a record alone')
  t.same(outcomes({ scope: {}, logRecords: [{ ...record, body: text(LINE) }] }), ['combined ok'], 'a scope alone')
})

t.test('a bulk action is no record, its document is', async t => {
  t.same(outcomes(`{"index":{"_index":"logs","_id":"1"}}\n${JSON_LINE}\n{"create":{}}\n${JSON_LINE}\n`), [
    'nginx-json ok',
    'nginx-json ok',
  ])
})

t.test('compose and CRI prefixes are taken off', async t => {
  t.same(outcomes(`gateway-1  | ${JSON_LINE}`), ['nginx-json ok'])
  t.same(outcomes(`\x1b[36mgw_1 |\x1b[0m ${LINE}`), ['combined ok'])
  t.same(outcomes(`2026-11-22T03:23:24.598123456Z stderr F ${LINE}`), ['combined ok'])
  t.match(readBody(`2026-11-22T03:23:24.598123456Z stdout P ${JSON_LINE.slice(0, -1)},"ua":"x`).calls[0], {
    truncated: true,
  })
})

t.test('syslog in all the ways it is sent', async t => {
  for (const header of [
    '<190>Nov 22 03:23:24 vm nginx: ',
    '<190>Nov  2 03:23:24 vm nginx[12]: ',
    '<190>Nov 22 03:23:24 nginx: ',
    '<134>Nov 22 03:23:24 nginx[31625]: ',
    '<190>2026-11-22T03:23:24+00:00 vm nginx_api: ',
    '<134>2026-11-22T03:23:24.896547+00:00 gw1 kong[12] ',
    '<134>2016-07-04T22:37:26Z cache-sjc3128 LogName[62959]: ',
    '<190>1 2026-11-22T03:23:24+00:00 vm nginx_api - - -  ',
    '<190>1 2026-11-22T03:23:24.1Z vm nginx_api 12 access [meta@32473 env="pr\\"o]d"][x y="z"] \ufeff',
    '<190>1 - - - - - - ',
    '<190>',
    '101 <190>Nov 22 03:23:24 vm nginx: ',
    'Nov 22 03:23:24 vm nginx[12]: ',
    'Nov 22 03:23:24 nginx: ',
    '2026-11-22T03:23:24.896547+00:00 gw1 nginx[12]: ',
  ]) {
    t.same(outcomes(header + LINE), ['combined ok'], header)
    t.same(outcomes(header + JSON_LINE), ['nginx-json ok'], header)
  }
})

t.test('rsyslog\u2019s control characters inside JSON are escapes again', async t => {
  t.match(readBody(`<190>Nov 22 03:23:24 vm nginx: ${JSON.stringify({ ...RECORD, ua: 'multi#012line' })}`).calls[0], {
    agent: 'multi\nline',
  })
})

t.test('syslog that holds no record is one line that could not be read', async t => {
  for (const line of [
    '<34>Oct 11 22:14:15 mymachine su: failed',
    'Mar 24 14:26:01 --- last message repeated 2 times ---',
    '<34>1 2026 x',
    '<190>1 2026-11-22T03:23:24+00:00 vm nginx - - [broken',
    '<999>x',
    '<>',
  ])
    t.same(outcomes(line), [' unknown-format'], line)
})

t.test('envelopes stand in envelopes, but not for ever', async t => {
  const wrap = (log: string) => JSON.stringify({ date: 1, log })
  t.same(outcomes(wrap(wrap(`2026-11-22T03:23:24Z stdout F ${LINE}`))), ['combined ok'])
  t.same(outcomes(wrap(wrap(wrap(wrap(LINE))))), ['combined ok'])
  t.same(outcomes(wrap(wrap(wrap(wrap(wrap(LINE)))))), [' unknown-format'])
})

t.test('a bomb inside an envelope stops at the cap', async t => {
  const bomb = b64(gzipSync(Buffer.alloc(40_000_000)))
  t.same(outcomes({ requestId: 'r', records: [{ data: bomb }, { data: bomb }, { data: b64(LINE) }] }), [
    ' too-long',
    ' too-long',
    'combined ok',
  ])
})
