import { gzipSync } from 'node:zlib'
import t from 'tap'
import { installation, jsonLine } from '../running.ts'

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const withField = (name: string, value: string): string => jsonLine().replace(/^\{/, `{"${name}":${value},`)

/** Each stands alone on its line, between two good ones. */
const LINES: readonly [string, Buffer][] = [
  ['invalid UTF-8 in a path', bytes(jsonLine().slice(0, -1), ',"x":"', [0xff, 0xc0, 0x80], '"}')],
  ['nothing but invalid UTF-8', bytes([0xff, 0xfe, 0xfd, 0xc3])],
  ['NUL in a line', bytes('192.0.2.1 - - [', [0], '] "GET /', [0], ' HTTP/1.1" 200 5 "-" "-"')],
  ['NUL in JSON', bytes(jsonLine({ ua: 'a\0b' }))],
  ['a lone surrogate', bytes(jsonLine().replace('agent/1', '\\ud800'))],
  ['a lone surrogate in the path', bytes(jsonLine().replace('orders/7', 'orders/\\udfff/%ED%A0%80'))],
  ['a path of 100,000 characters', bytes(jsonLine({ request_uri: `/v1/${'a'.repeat(100_000)}` }))],
  ['a path of 50,000 segments', bytes(jsonLine({ request_uri: '/a'.repeat(50_000) }))],
  ['the year 0001', bytes(jsonLine({ msec: undefined, time: '0001-01-01T00:00:00Z' }))],
  ['the year 9999', bytes(jsonLine({ msec: '253402300799.000' }))],
  ['a time beyond numbers', bytes(jsonLine({ msec: '1e400' }))],
  ['duplicate keys', bytes(withField('host', '"other.example"'))],
  ['__proto__', bytes(withField('__proto__', '{"host":"evil.example","toString":1}'))],
  ['constructor', bytes(withField('constructor', '{"prototype":{"x":1}}'))],
  ['deep nesting', bytes(withField('deep', '['.repeat(20_000) + ']'.repeat(20_000)))],
  ['numbers where texts stand', bytes(jsonLine({ host: 7, request_uri: [], method: {}, ua: 1e308 }))],
  ['half a JSON object', bytes(jsonLine().slice(0, 60))],
]

t.test('bad input is accounted for, and its neighbours are stored', async t => {
  const here = await installation(
    t,
    `sources:
${[...LINES.keys(), 'long', 'half'].map(n => `  - { id: s${n}, format: auto, realm: one }`).join('\n')}
apis:
  - { id: partner, policy: scale, hosts: ["*"], support: help@partner.example }
`,
  )
  const sent = async (source: string, body: Buffer) => {
    const response = await here.post(source, body)
    const text = await response.text()
    if (response.status !== 200) return { status: response.status, lines: -1, calls: -1, sum: -1 }
    const { lines, calls, unparsed, dropped } = JSON.parse(text) as {
      lines: number
      calls: number
      unparsed: number
      dropped: Record<string, number>
    }
    return { status: 200, lines, calls, sum: calls + unparsed + Object.values(dropped).reduce((a, b) => a + b, 0) }
  }

  for (const [n, [name, line]] of LINES.entries()) {
    const [before, after] = [jsonLine(), jsonLine()]
    const { status, lines, calls, sum } = await sent(`s${n}`, bytes(`${before}\n`, [...line], `\n${after}\n`))
    t.equal(status, 200, name)
    t.equal(sum, lines, `${name}: every line is accounted for`)
    t.ok(lines >= 3 || (name === 'half a JSON object' && lines >= 2), `${name}: ${lines} lines`)
    t.ok(calls >= 2, `${name}: its neighbours are calls`)
    const ids = [before, after].map(text => `'${(JSON.parse(text) as { request_id: string }).request_id}'`)
    await here.settle()
    t.strictSame(
      await here.rows(`SELECT toUInt32(count()) AS n FROM calls WHERE request_id IN (${ids.join()})`),
      [{ n: 2 }],
      `${name}: its neighbours are stored`,
    )
    const tallies = await here.tallies(`s${n}`)
    t.equal(
      Object.values(tallies).reduce((a, b) => a + b, 0),
      lines,
      `${name}: sources_hourly holds every line`,
    )
  }

  const long = await sent(
    'slong',
    bytes(`${jsonLine()}\n`, jsonLine({ filler: 'x'.repeat(10_485_760) }), `\n${jsonLine()}\n`),
  )
  t.match(long, { status: 200, lines: 3, sum: 3 }, 'a line of 10 MB')
  t.ok(long.calls >= 2)
  const packed = gzipSync(Array.from({ length: 500 }, () => jsonLine()).join('\n'))
  t.strictSame(
    await sent('shalf', packed.subarray(0, packed.length / 2)),
    { status: 200, lines: 1, calls: 0, sum: 1 },
    'half a gzip',
  )
  t.strictSame(await sent('shalf', bytes(jsonLine())), { status: 200, lines: 1, calls: 1, sum: 1 })
  t.equal((await fetch(`${here.url}/readyz`)).status, 200, 'it is still ready')
  t.notOk(({} as Record<string, unknown>).host, 'no prototype was changed')
})
