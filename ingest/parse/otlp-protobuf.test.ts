import fc from 'fast-check'
import t from 'tap'
import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { EXPORT_REQUEST, encode } from '../door/grpc.fixture.ts'
import { aSource, readBody } from './a-reading.ts'
import { OtlpRecords } from './otlp-protobuf.ts'
import { createParser } from './parser.ts'

const RECEIVED = Date.parse('2026-11-22T04:00:00Z')

/** What becomes of each line in a request in protobuf. */
function readProtobuf(bytes: Buffer): string[] {
  const parser = createParser(aSource())
  const outcomes: string[] = []
  const onLine = (format: string, outcome: Outcome<RawCall>): void => {
    outcomes.push(said(format, outcome))
  }
  const records = new OtlpRecords(bytes)
  for (let record = records.read(); record !== undefined; record = records.read())
    parser.parse(record, RECEIVED, onLine)
  return outcomes
}

const said = (format: string, outcome: Outcome<RawCall>): string =>
  outcome.kind === 'ok'
    ? `${format} ${outcome.value.method} ${outcome.value.target} ${outcome.value.status} ${outcome.value.time} ${outcome.value.requestId}`
    : `${format} ${outcome.reason}`

function readJson(request: object): string[] {
  const { outcomes, calls } = readBody(JSON.stringify(request))
  let call = 0
  return outcomes.map(outcome => {
    const [format = '', kind] = outcome.split(' ')
    const value = kind === 'ok' ? calls[call++] : undefined
    return value === undefined ? outcome : said(format, { kind: 'ok', value })
  })
}

const scalar = fc.oneof(
  fc.record({ stringValue: fc.oneof(fc.string(), fc.constantFrom('GET', '/v1/orders', '200', 'é\u0000"\\')) }),
  fc.record({
    intValue: fc.oneof(fc.constant('200'), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  }),
  fc.record({ boolValue: fc.boolean() }),
  fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
)
const key = fc.constantFrom(
  'http.request.method',
  'url.path',
  'http.response.status_code',
  'method',
  'path',
  'x',
  'http.request.header.a',
)
const value = fc.oneof(scalar, fc.record({ arrayValue: fc.record({ values: fc.array(scalar, { maxLength: 3 }) }) }))
const attributes = fc.array(fc.record({ key, value }), { maxLength: 6 })
const LINE = '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders HTTP/1.1" 200 11 "-" "a"'
const record = fc.record(
  {
    timeUnixNano: fc.constantFrom('1795317804598000001', '1795317804999999999'),
    observedTimeUnixNano: fc.constant('1795317804612345678'),
    severityNumber: fc.constant(9),
    body: fc.oneof(
      fc.record({ stringValue: fc.constantFrom(LINE, `${LINE}\n${LINE}`, 'no line of ours', '{"a":1}') }),
      fc.record({ kvlistValue: fc.record({ values: attributes }) }),
      scalar,
    ),
    attributes,
  },
  { requiredKeys: [] },
)

t.test('a request reads the same in protobuf and in JSON, whatever its records hold', async t => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), logRecords => {
      const request = { resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope: {}, logRecords }] }] }
      const [protobuf, json] = [readProtobuf(encode(EXPORT_REQUEST, request)), readJson(request)]
      return JSON.stringify(protobuf) === JSON.stringify(json)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('any bytes are read to their end without a throw; positions stay inside and grow', async t => {
  const good = encode(EXPORT_REQUEST, {
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: LINE } }, { body: { stringValue: LINE } }] }] }],
  })
  t.ok(OtlpRecords.frames(good))
  t.notOk(OtlpRecords.frames(good.subarray(0, good.length - 1)))
  t.notOk(OtlpRecords.frames(Buffer.from('{"resourceLogs":[]}')))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(good.length), (noise, at) => {
      const bytes = Buffer.concat([good.subarray(0, at), Buffer.from(noise)])
      OtlpRecords.frames(bytes)
      readProtobuf(bytes)
      const records = new OtlpRecords(bytes)
      let last = 0
      for (let one = records.read(); one !== undefined; one = records.read()) {
        if (one.start < last || one.end > bytes.length) return false
        last = one.end
      }
      return true
    }),
    { numRuns: 1_000 },
  )
  t.pass()
})
