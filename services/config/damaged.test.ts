import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { loadConfig } from './load.ts'

const example = new URL('../../docs/examples/', import.meta.url).pathname
const files = [
  'lastcall.yaml',
  'deprecations/partner.yaml',
  'openapi/partner.yaml',
  'customers.csv',
  'policies/scan.yaml',
]
const scraps = [
  '[',
  '}',
  ':',
  '"',
  "'",
  '\n',
  '- ',
  '*a',
  '&a ',
  '!!binary ',
  '? ',
  '<<: *a',
  '~',
  '\t',
  '\0',
  '\r',
  '.inf',
  '__proto__: ',
  '|',
  ',',
]

t.test('a damaged configuration is told in findings: it never throws, and is used whole or not at all', async t => {
  const dir = t.testdir({})
  cpSync(example, dir, { recursive: true })
  const damage = fc.record({
    file: fc.constantFrom(...files),
    at: fc.nat(3_000),
    cut: fc.nat(40),
    scrap: fc.constantFrom(...scraps),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ file, at, cut, scrap }) => {
      const path = join(dir, file)
      const whole = readFileSync(path, 'utf8')
      const from = at % whole.length
      writeFileSync(path, whole.slice(0, from) + scrap + whole.slice(from + cut))
      const loaded = loadConfig(join(dir, 'lastcall.yaml'), { environment: {} })
      const { catalogue, settings, findings } = await loaded.finally(() => writeFileSync(path, whole))
      const bad = findings.some(({ level }) => level === 'error')
      return (
        (catalogue === undefined) === bad &&
        (settings === undefined) === bad &&
        findings.every(({ line, todo }) => line >= 1 && todo !== '')
      )
    }),
    { numRuns: 60 },
  )
})
