import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..')
const files = globSync('{ingest,services,notifier,dashboards}/**/*.ts', { cwd: ROOT }).filter(
  file => !/\.(test|fixture)\.ts$/.test(file),
)

interface Import {
  readonly file: string
  /** Path from the root for our own files, the package's name for others. */
  readonly of: string
}

const imports: Import[] = files.flatMap(file => {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(found => {
    const name = found[1] ?? ''
    return { file, of: name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : name }
  })
})

const offenders = (in_: RegExp, of: RegExp, except = /^$/): string[] =>
  imports
    .filter(one => in_.test(one.file) && of.test(one.of) && !except.test(one.file))
    .map(one => `${one.file} imports ${one.of}`)

t.test(
  'rooms do not import rooms: ingest, the API with its board, and the notifier meet at the topic, the tables and the domain',
  async t => {
    t.strictSame(
      offenders(/^ingest\//, /^(notifier|services\/(api|board|query|standing|process|production|embedded|cli|demo))\//),
      [],
    )
    t.strictSame(offenders(/^notifier\//, /^(ingest|services\/(api|board|process|production|embedded|cli|demo))\//), [])
    t.strictSame(
      offenders(/^services\/(api|board|query|standing|countdown|migration|config|copies)\//, /^(ingest|notifier)\//),
      [],
    )
  },
)

t.test('the domain imports nothing but itself', async t => {
  t.strictSame(offenders(/^services\/domain\//, /^(?!services\/domain\/|node:crypto$)/), [])
})

t.test('nobody imports the command line or the processes but they themselves', async t => {
  t.strictSame(
    offenders(
      /^(?!services\/(cli|process|production|embedded|demo)\/)/,
      /^services\/(cli|process|production|embedded|demo)\//,
    ),
    [],
  )
})

t.test('each way to the outside is in one place', async t => {
  t.strictSame(offenders(/./, /^kafkajs$/, /^(services\/platform\/kafka[\w-]*|ingest\/topic\/kafka[\w-]*)\.ts$/), [])
  t.strictSame(offenders(/./, /^(@clickhouse\/client|chdb)/, /^services\/platform\/clickhouse[\w-]*\.ts$/), [])
  t.strictSame(offenders(/./, /^nodemailer/, /^notifier\/(deliver\/send|write|deliver\/[\w-]+)\.ts$/), [])
  t.strictSame(offenders(/./, /^@opentelemetry\/(?!api$)/, /^services\/platform\/telemetry[\w-]*\.ts$/), [])
})

t.test('the clock and the environment are each asked in one place', async t => {
  const asks = (what: RegExp, except: RegExp): string[] =>
    files.filter(
      file =>
        !except.test(file) &&
        what.test(readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')),
    )
  t.strictSame(asks(/Date\.now\(|new Date\(\)|Temporal\.Now/, /^services\/platform\/(clock|kafka)\.ts$/), []) // kafkajs asks it itself; its patched method has to as well
  t.strictSame(asks(/process\.env\b/, /^services\/config\/environment\.ts$/), [])
  t.strictSame(asks(/process\.exit\(/, /^$/), [])
})

t.test('no file of the product is longer than 300 lines', async t => {
  t.strictSame(
    files.filter(file => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 301),
    [],
  )
})
