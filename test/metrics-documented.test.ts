import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { METRICS } from '../services/platform/metrics.ts'

const ROOT = join(import.meta.dirname, '..')

t.test('docs/metrics.md says every metric, its unit and its meaning, and no other', async t => {
  const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.+?) \| (.+?) \|$/gm)].map(([, name, unit, description]) => ({
    name,
    unit,
    description,
  }))
  t.strictSame(
    rows,
    Object.values(METRICS).map(({ name, unit, description }) => ({ name, unit, description })),
  )
})

t.test('every metric of the list is recorded somewhere', async t => {
  const source = globSync('{ingest,services,notifier}/**/*.ts', { cwd: ROOT })
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n')
  for (const name of Object.keys(METRICS)) t.match(source, new RegExp(`(counter|histogram|gauge)\\('${name}'\\)`), name)
})
