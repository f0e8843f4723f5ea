import { readFileSync } from 'node:fs'
import t from 'tap'
import type { JsonObject } from '../ingest/parse/format.ts'
import { FORMATS } from '../ingest/parse/formats.ts'
import { isObject } from '../ingest/parse/json-value.ts'
import { recordOf } from '../ingest/records/record.ts'
import { formatsIn, formatsRead } from './confusion.ts'
import { recordsOf, split } from './read-sample.ts'
import { SAMPLES } from './sample-table.ts'
import { FORMATS_DOC, formatsDoc } from './samples/generate-docs.ts'
import { SPECIMENS } from './specimens.ts'

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Every format that says a record is its own. */
function claims(text: string): string[] {
  const value = parsed(text)
  return FORMATS.filter(format =>
    format.kind === 'text'
      ? value === undefined && format.recognises(text)
      : value !== undefined && format.recognises(value),
  ).map(format => format.name)
}

t.test('every format has specimens, and auto reads each as what it is', async t => {
  t.same([...SPECIMENS.keys()].sort(), FORMATS.map(format => format.name).sort())
  for (const [format, records] of SPECIMENS)
    for (const record of records) t.same(formatsRead([recordOf(Buffer.from(record))]), [format], record.slice(0, 80))
})

t.test('no record is claimed by two formats', async t => {
  for (const [format, records] of SPECIMENS)
    for (const record of records) t.ok(claims(record).length <= 1, `${format}: ${claims(record)}`)
  for (const { file } of SAMPLES)
    for (const record of await recordsOf(file))
      t.ok(claims(record.bytes.toString()).length <= 1, `${file}: ${claims(record.bytes.toString())}`)
})

for (const { file } of SAMPLES) {
  t.test(`the first records of ${file} are read as what they are, or not at all`, async t => {
    const records = await recordsOf(file)
    const right = new Set(['', ...formatsIn(file)])
    for (let count = 1; count <= Math.min(20, records.length); count++) {
      const wrong = formatsRead(records.slice(0, count)).filter(format => !right.has(format))
      t.same(wrong, [], `${count} records`)
    }
  })
}

t.test('what one record is read as does not depend on the records before it', async t => {
  const all = (await Promise.all(SAMPLES.map(({ file }) => recordsOf(file)))).flat()
  const alone = all.map(record => formatsRead([record]))
  t.same(formatsRead(all), alone.flat())
  t.same(formatsRead([...all].reverse()), [...alone].reverse().flat())
})

t.test('a record that lost one of its fields is never another format\u2019s', async t => {
  for (const [format, records] of SPECIMENS)
    for (const record of records) {
      const value = parsed(record)
      for (const key of Object.keys(value ?? {})) {
        const { [key]: lost, ...rest } = value ?? {}
        const found = formatsRead(split(Buffer.from(JSON.stringify(rest))))
        t.ok(
          found.every(name => name === '' || name === format),
          `${format} without ${key} (${String(lost).slice(0, 10)}): ${found}`,
        )
      }
    }
})

// Each begins as the one before it: a line cut early enough is a line of that one, field by field.
const FAMILY = ['common', 'combined', 'combined-more', 'ingress-nginx', 'traefik-clf']

t.test('a record cut short is never another format\u2019s, but of one that begins the same', async t => {
  let cuts = 0
  for (const [format, records] of SPECIMENS)
    for (const record of records)
      for (let end = 1; end < record.length; end += 3) {
        const found = formatsRead([recordOf(Buffer.from(record.slice(0, end)))])
        cuts++
        if (!found.every(name => name === '' || name === format || (FAMILY.includes(name) && FAMILY.includes(format))))
          t.fail(`${format} is read as ${found}: ${record.slice(0, end)}`)
      }
  t.ok(cuts > 2_000)
})

t.test('docs/formats.md says what the program does', async t => {
  t.equal(readFileSync(FORMATS_DOC, 'utf8'), await formatsDoc(), 'run `node test/samples/generate-docs.ts`')
})
