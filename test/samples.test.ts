import { readdirSync } from 'node:fs'
import t from 'tap'
import { datagramsOf, LOGS, read, recordsOf } from './read-sample.ts'
import { SAMPLES } from './sample-table.ts'

t.test('every sample file has one row in the table, and a line that says where it comes from', async t => {
  const files = readdirSync(LOGS, { recursive: true, encoding: 'utf8' }).filter(name => /^[^.].*\/.*\./.test(name))
  t.same(SAMPLES.map(sample => sample.file).sort(), files.sort())
})

for (const sample of SAMPLES) {
  t.test(`${sample.file} holds what a reader of the file finds in it`, async t => {
    const found = read(await recordsOf(sample.file))
    const { formats, ...rest } = found
    const { file, format, ...expected } = sample
    t.same(rest, expected, file)
    t.equal([...formats.keys()][0] ?? '', format)
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)
    t.equal(found.lines, found.calls + sum(found.unparsed) + sum(found.dropped), 'every line is accounted for')
  })
}

for (const { file, ...row } of SAMPLES.filter(sample => sample.file.endsWith('.datagrams'))) {
  t.test(`${file} is the same calls when each datagram comes alone`, async t => {
    const datagrams = await datagramsOf(file)
    const found = read(datagrams)
    // In the file a marker line stands behind each datagram.
    t.equal(datagrams.length * 2, row.lines)
    t.equal(found.lines, datagrams.length)
    t.equal(found.calls, row.calls)
    t.equal((found.unparsed['unknown-format'] ?? 0) + datagrams.length, row.unparsed['unknown-format'])
  })
}
