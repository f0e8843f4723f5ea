import t from 'tap'
import { tried } from '../load.fixture.ts'

const HEADER = 'customer,consumer,contact,role,language,zone,tags\n'
const fromCsv = (t: Parameters<typeof tried>[0], csv: string | Buffer) =>
  tried(t, 'customers: { file: c.csv }\nsources: [{ id: k }]\n', { 'c.csv': csv })

t.test('rows of one customer are one customer, its contacts counted once whatever their rows and case', async t => {
  const { catalogue, said } = await fromCsv(
    t,
    `${HEADER}acme,k:user:a,Dev@acme.example,developer,de,Europe/Berlin,gold; eu\nacme,k:user:b,dev@ACME.example,developer,,,eu\nacme,,dev@acme.example,owner,en-gb,,\n`,
  )
  t.same(said, [])
  t.same(catalogue?.customers.byId.get('acme'), {
    id: 'acme',
    consumers: ['k:user:a', 'k:user:b'],
    contacts: [
      { address: 'Dev@acme.example', role: 'developer', language: 'de', zone: 'Europe/Berlin' },
      { address: 'dev@acme.example', role: 'owner', language: 'en-GB', zone: 'UTC' },
    ],
    tags: ['gold', 'eu'],
  })
})

t.test(
  'a CSV as a spreadsheet writes it is read: byte order mark, CRLF, quotes, commas and line breaks in them',
  async t => {
    const { catalogue, said } = await fromCsv(
      t,
      '\ufeffCustomer,contact,consumer\r\n"Birch, ""Inc.""", dev@birch.example ,k:user:b\r\n\r\n"Oak",,"k:user:o,1"\r\n',
    )
    t.same(said, [])
    t.same([...(catalogue?.customers.byId.keys() ?? [])], ['Birch, "Inc."', 'Oak'])
    t.equal(catalogue?.customers.byConsumer.get('k:user:o,1'), 'Oak')
    t.equal(catalogue?.customers.byId.get('Birch, "Inc."')?.contacts[0]?.address, 'dev@birch.example')
  },
)

t.test('every bad row is reported with its line, and nobody is kept', async t => {
  const { said, catalogue } = await fromCsv(
    t,
    `${HEADER}acme,k:user:a,dev at acme,developer,,,\n,k:user:b,,,,,\nacme,nobody,,,,,\nacme,,a@b.example,boss,,,\nacme,,a@b.example,owner,klingon!,,\nacme,,a@b.example,owner,de,Mars/Base,\n"two\nlines",,,,,,\nacme,k:user:c,a@b.example,owner,de,UTC,ok\nbirch,k:user:c,,,,,\n`,
  )
  t.same(said, [
    'c.csv:2 LC_CONTACT_ADDRESS',
    'c.csv:3 LC_CUSTOMER',
    'c.csv:4 LC_CONSUMER',
    'c.csv:5 LC_CONTACT_ROLE',
    'c.csv:6 LC_CONTACT_LANGUAGE',
    'c.csv:7 LC_ZONE',
    'c.csv:8 LC_CUSTOMER',
    'c.csv:11 LC_CONSUMER_TWICE',
  ])
  t.equal(catalogue, undefined)
})

t.test('an address with a line break, a NUL or a second address is refused with its row', async t => {
  const evil = [
    '"a@b.example\r\nBcc: x@y.example"',
    '"a@b.example\n"',
    'a\0@b.example',
    '"a@b.example,c@d.example"',
    'a@b.example;c@d.example',
    '<a@b.example>',
    'a@@b.example',
    '@b.example',
    'a@',
    'a@b',
    'a@-b.example',
    '.a@b.example',
    'a..b@c.example',
    'ä@b.example',
    'a@bücher.example',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b'.repeat(64)}.example`,
  ]
  for (const address of evil)
    t.same(
      (await fromCsv(t, `customer,contact\nacme,${address}\n`)).said,
      ['c.csv:2 LC_CONTACT_ADDRESS'],
      JSON.stringify(address),
    )
  for (const good of ['a@b.example', "o'brien+api@b-c.co.example", 'x_y=z@1.example'])
    t.same((await fromCsv(t, `customer,contact\nacme,${good}\n`)).said, [], good)
})

t.test('a file cut in half is reported and never half used', async t => {
  const whole = `${HEADER}acme,k:user:a,dev@acme.example,developer,de,Europe/Berlin,gold\nbirch,k:user:b,dev@birch.example,developer,en,UTC,eu\n`
  const lastRow = whole.lastIndexOf('\nbirch') + 1
  for (let cut = HEADER.length + 1; cut < whole.length; cut += 3) {
    const { said, catalogue } = await fromCsv(t, whole.slice(0, cut))
    if (whole[cut - 1] === '\n') continue
    t.ok(said.length > 0, `${cut} bytes: ${said}`)
    // Cut inside the very last cell of a row: all its columns are there, so it is told as a warning.
    const columns = whole.slice(Math.max(whole.lastIndexOf('\n', cut - 1) + 1), cut).split(',').length
    t.equal(catalogue === undefined, columns < 7, `${cut} bytes of ${lastRow}`)
  }
  t.same((await fromCsv(t, `${HEADER}acme,"k:user:a,dev@acme.example\nbirch,,,,,,\n`)).said, ['c.csv:2 LC_CSV_QUOTE'])
  t.same((await fromCsv(t, Buffer.concat([Buffer.from('customer\nM'), Buffer.from([0xc3])]))).said, [
    'lastcall.yaml:1 LC_FILE_UNREADABLE',
  ])
})

t.test('a row with too few or too many columns is reported as that', async t => {
  const { findings } = await fromCsv(t, 'customer,contact\nacme\nBirch, Inc.,a@b.example\n')
  t.same(
    findings.map(({ line, message, todo }) => `${line} ${message}: ${todo}`),
    [
      '2 the row has 1 of 2 columns: Complete it; if it is the last row, the file was cut.',
      '3 the row has 3 of 2 columns: Quote a field that has a comma in it.',
    ],
  )
})

t.test('a header with an unknown, a double or no customer column is reported', async t => {
  t.match((await fromCsv(t, 'customer,contcat\n')).findings[0]?.message, 'Did you mean "contact"?')
  t.same((await fromCsv(t, 'customer,contact,contact\n')).said, ['c.csv:1 LC_CSV_HEADER'])
  t.same((await fromCsv(t, 'contact,role\n')).said, ['c.csv:1 LC_CSV_HEADER'])
  t.same((await fromCsv(t, '')).said, ['c.csv:1 LC_CSV_HEADER'])
})

t.test('customers may be written in YAML, under the same rules', async t => {
  const { said, catalogue } = await tried(
    t,
    "sources: [{ id: k }]\ncustomers:\n  - id: acme\n    consumers: ['k:user:a']\n    contacts: [{ address: dev@acme.example, role: owner }]\n    tags: [gold]\n  - id: birch\n",
  )
  t.same(said, [])
  t.same(catalogue?.customers.byId.get('birch'), { id: 'birch', consumers: [], contacts: [], tags: [] })
  const bad = await tried(
    t,
    "customers:\n  - id: acme\n    consumers: ['k:user:a']\n    contacts:\n      - { address: nobody }\n      - { address: a@b.example, rol: owner }\n  - id: birch\n    consumers: ['k:user:a']\n",
  )
  t.same(
    bad.said.filter(one => !one.includes('warning')),
    ['lastcall.yaml:5 LC_CONTACT_ADDRESS', 'lastcall.yaml:6 LC_KEY_UNKNOWN', 'lastcall.yaml:8 LC_CONSUMER_TWICE'],
  )
})

t.test('customers may be split over CSV and YAML files', async t => {
  const { said, catalogue } = await tried(t, "customers: { files: ['people/*'] }\nsources: [{ id: k }]\n", {
    people: { 'a.csv': 'customer\nacme\n', 'b.yaml': '- id: birch\n' },
  })
  t.same(said, [])
  t.same([...(catalogue?.customers.byId.keys() ?? [])], ['acme', 'birch'])
})

t.test('100,000 contacts are read in a moment', async t => {
  const rows = Array.from(
    { length: 100_000 },
    (_, at) => `c${at},k:user:u${at},dev${at}@customer.example,developer,de,Europe/Berlin,gold\n`,
  )
  const { catalogue, said } = await fromCsv(t, HEADER + rows.join(''))
  t.same(said, [])
  t.equal(catalogue?.customers.byId.size, 100_000)
})
