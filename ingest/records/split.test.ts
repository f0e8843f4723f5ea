import fc from 'fast-check'
import t from 'tap'
import { type LogRecord, MAX_RECORD_BYTES, RecordSplitter } from './split.ts'

function split(body: string | Buffer, size = Number.POSITIVE_INFINITY): LogRecord[] {
  const bytes = Buffer.from(body)
  const splitter = new RecordSplitter()
  const records: LogRecord[] = []
  const drain = () => {
    for (let record = splitter.read(); record !== undefined; record = splitter.read()) records.push(record)
  }
  for (let at = 0; at < bytes.length; at += size) {
    splitter.push(bytes.subarray(at, Math.min(bytes.length, at + size)))
    drain()
    if (size === Number.POSITIVE_INFINITY) break
  }
  splitter.end()
  drain()
  return records
}
const texts = (body: string | Buffer, size?: number) => split(body, size).map(record => record.bytes.toString('utf8'))

t.test('one JSON object a line is one record a line', async t => {
  t.same(texts('{"a":1}\n{"b":{"c":[1,2]}}\n'), ['{"a":1}', '{"b":{"c":[1,2]}}'])
  t.same(texts('{"a":1}\r\n{"b":2}\r\n'), ['{"a":1}', '{"b":2}'])
  t.same(texts('{"a":1}\n{"b":2}'), ['{"a":1}', '{"b":2}'], 'the last line needs no line end')
  t.same(texts('{"a":1},\n{"b":2},\n'), ['{"a":1}', '{"b":2}'], 'commas behind the lines do not matter')
})

t.test('text lines are records and blank lines are none', async t => {
  t.same(texts('a b\n\n  \r\nc\r\n\t\nd'), ['a b', 'c', 'd'])
  t.same(texts(''), [])
  t.same(texts('\n\n\n'), [])
})

t.test('objects glued to each other are records of their own', async t => {
  t.same(texts('{"a":1}{"b":"}{"}{"c":3}'), ['{"a":1}', '{"b":"}{"}', '{"c":3}'])
  t.same(texts('{"a":1} {"b":2}'), ['{"a":1}', '{"b":2}'])
  t.same(texts('\x1e{"a":1}\n\x1e{"b":2}\n'), ['{"a":1}', '{"b":2}'], 'RFC 7464')
})

t.test(
  'glued objects are not searched for their line end one by one: a large body would stop everybody else',
  async t => {
    const body = Buffer.from(`${'{"a":1}'.repeat(2_000)}\n${'{"a":2}'.repeat(2_000)}`)
    let searches = 0
    const indexOf = body.indexOf.bind(body)
    body.indexOf = ((value: number, from: number) => {
      if (value === 0x0a) searches += 1
      return indexOf(value, from)
    }) as typeof body.indexOf
    const splitter = new RecordSplitter()
    splitter.push(body)
    splitter.end()
    let records = 0
    while (splitter.read() !== undefined) records += 1
    t.equal(records, 4_000)
    t.ok(searches < 10, `${searches} searches`)
  },
)

t.test('an object over several lines is one record', async t => {
  const pretty = JSON.stringify({ a: { b: [1, { c: '}\n{' }] }, d: '"' }, undefined, 2)
  t.same(texts(`${pretty}\n${pretty}\n`), [pretty, pretty])
  t.same(texts('{ "a": {"b":1}\n, "c": 2\n}\n{"d":1}'), ['{ "a": {"b":1}\n, "c": 2\n}', '{"d":1}'])
})

t.test('elements of an array are records', async t => {
  t.same(texts('[{"a":1},{"b":2}]'), ['{"a":1}', '{"b":2}'])
  t.same(
    texts(JSON.stringify([{ a: [{ x: 1 }] }, { b: 2 }], undefined, 2)).map(text => JSON.parse(text)),
    [{ a: [{ x: 1 }] }, { b: 2 }],
  )
  t.same(texts('[]'), [])
  t.same(texts('[\n]\n'), [])
  t.same(texts('[{"a":1}]\n[{"b":2}]\n'), ['{"a":1}', '{"b":2}'], 'one array a line')
  t.same(texts('[{"a":1}, 5, null, "x]", {"b":2}]'), ['{"a":1}', '5', 'null', '"x]"', '{"b":2}'])
})

t.test('half an array is its whole elements and one broken tail', async t => {
  t.same(texts('[{"a":1},{"b":2},{"c":'), ['{"a":1}', '{"b":2}', '{"c":'])
  t.same(texts('[{"a":1},'), ['{"a":1}'])
  t.same(texts('[{"a":1},{"b":"x\\'), ['{"a":1}', '{"b":"x\\'])
})

t.test('a bracket may also begin a text line', async t => {
  t.same(texts('[24/Jan/2022:16:51:02 +0000] - 404\n[2026-01-01T00:00:00Z] "GET"\n[GIN] x'), [
    '[24/Jan/2022:16:51:02 +0000] - 404',
    '[2026-01-01T00:00:00Z] "GET"',
    '[GIN] x',
  ])
  t.same(texts('['), ['['])
})

t.test('a broken line never takes its neighbour along', async t => {
  for (const broken of ['{"a":', '{"a":"b', '{"a":1,"b":{', '{"a":[1,', '{"a":"\\', '{"a":1,', '{'])
    for (const next of [
      '{"ok":1}',
      '127.0.0.1 - - "GET /a,b HTTP/1.1"',
      '<34>Oct 1',
      '[24/Jan] x',
      '2026-01-01T00:00:00Z stdout F {}',
      'name | {"a":1}',
    ])
      t.same(texts(`${broken}\n${next}\n{"ok":2}\n`), [broken, next, '{"ok":2}'], `${broken} before ${next}`)
})

t.test('an array that was cut does not reach into the lines behind it', async t => {
  t.same(texts('[{"a":1},{"b":\n1.2.3.4 - a, b ] c\n[24/Jan/2022] x, y\n'), [
    '{"a":1}',
    '{"b":',
    '1.2.3.4 - a, b ] c',
    '[24/Jan/2022] x, y',
  ])
})

t.test('what stands behind an object on its line makes the line one broken record', async t => {
  t.same(texts('{"ua":"x"} y"}\n{"a":1}\n'), ['{"ua":"x"} y"}', '{"a":1}'])
  t.same(texts('{"a":1}}\n{"b":1}'), ['{"a":1}}', '{"b":1}'])
})

t.test('a byte order mark is not part of the first record', async t => {
  t.same(texts('\ufeff{"a":1}'), ['{"a":1}'])
  t.same(texts('\ufeffGET'), ['GET'])
})

t.test('syslog messages that say how long they are need no line end', async t => {
  t.same(texts('12 <34>Oct 1 ab13 <34>Oct 2 abc5 <1>x\n'), ['<34>Oct 1 ab', '<34>Oct 2 abc', '<1>x'])
  t.same(texts('99 <34>cut off\n{"a":1}'), ['99 <34>cut off', '{"a":1}'])
  t.same(texts('404 <b>\n1.2.3.4 - -'), ['404 <b>', '1.2.3.4 - -'])
})

t.test('NUL and invalid UTF-8 are bytes like others', async t => {
  t.equal(split(Buffer.from([0x00, 0x0a, 0xff, 0xfe, 0x0a, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])).length, 3)
})

t.test('offsets say where each record stands', async t => {
  const records = split('abc\n{"a":1}\n\n[{"b":2}]\r\nlast')
  t.same(
    records.map(({ start, end }) => [start, end]),
    [
      [0, 3],
      [4, 11],
      [14, 21],
      [24, 28],
    ],
  )
})

t.test('a record over the cap is one record that is too long, and its neighbours are whole', async t => {
  const long = 'x'.repeat(MAX_RECORD_BYTES + 1)
  for (const body of [`a\n${long}\nb`, `{"a":1}\n{"b":"${long}"}\n{"c":1}`, `[{"a":1},{"b":["${long}",{}]},{"c":3}]`]) {
    const records = split(body, 65_536)
    t.same(
      records.map(record => record.tooLong),
      [false, true, false],
    )
    t.equal(records[1]?.bytes.length, 1024)
    t.same(
      split(body).map(({ start, end, tooLong }) => [start, end, tooLong]),
      records.map(({ start, end, tooLong }) => [start, end, tooLong]),
    )
  }
  t.same(
    split('x'.repeat(MAX_RECORD_BYTES)).map(record => record.tooLong),
    [false],
  )
})

t.test('an envelope too large for one record is opened', async t => {
  const data = 'A'.repeat(300_000)
  const body = JSON.stringify({
    requestId: 'r "records":[',
    nested: { records: [1] },
    timestamp: 1,
    records: Array.from({ length: 5 }, () => ({ data })),
    more: { a: ['}'] },
  })
  t.same(texts(`${body}\n{"next":1}`), [...Array.from({ length: 5 }, () => JSON.stringify({ data })), '{"next":1}'])
  t.same(texts(body, 50_000), texts(body))
})

t.test('envelopes in envelopes are opened as far as they are too large', async t => {
  const record = { timeUnixNano: '1', body: { stringValue: 'x'.repeat(200_000) } }
  const body = JSON.stringify({
    resourceLogs: [
      { resource: {}, scopeLogs: [{ scope: {}, logRecords: Array.from({ length: 12 }, () => record) }], schemaUrl: '' },
      { scopeLogs: [] },
    ],
  })
  t.same(texts(body, 70_000), [...Array.from({ length: 12 }, () => JSON.stringify(record)), '{"scopeLogs":[]}'])
})

t.test('a line that Kubernetes cut is put together again', async t => {
  const p = (flag: string, text: string, stream = 'stdout') =>
    `2025-12-31T17:37:40.493035218+01:00 ${stream} ${flag} ${text}`
  t.same(texts([p('P', '{"a":'), p('P', '1,"b":'), p('F', '2}'), p('F', '{"c":3}')].join('\n')), [
    p('F', '{"a":1,"b":2}'),
    p('F', '{"c":3}'),
  ])
  t.same(
    texts([p('P', 'half'), 'other', p('F', 'x')].join('\n')),
    [p('P', 'half'), 'other', p('F', 'x')],
    'a part whose rest is lost stays marked',
  )
  t.same(texts([p('P', 'half'), p('F', 'err', 'stderr')].join('\n')), [p('P', 'half'), p('F', 'err', 'stderr')])
  t.same(texts(p('P', 'end')), [p('P', 'end')])
})

t.test('any chunking of any bytes gives the same records', async t => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\n',
    '\r\n',
    ',',
    ' ',
    ':',
    '{"a":1}',
    '[{"b":"x"},',
    'GET / "x"',
    '1',
    '\ufeff',
    '\x1e',
    '2025-12-31T17:37:40.493035218+01:00 stdout P {"a"',
    '2025-12-31T17:37:40.493035218+01:00 stdout F :1}',
    'é',
    '5 <1>',
    '7 <',
    '\0',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const body = pieces.join('')
      const whole = split(body)
      const cut = split(body, size)
      if (JSON.stringify(cut) !== JSON.stringify(whole)) throw new Error(JSON.stringify(body))
      let from = 0
      for (const record of whole) {
        if (record.end < from) throw new Error('records overlap')
        from = record.end
      }
    }),
    { numRuns: 10_000, seed: 7, examples: [[['{', ']', '\x1e', '}', '\r\n'], 1]] },
  )
  t.pass('10,000 bodies')
})
