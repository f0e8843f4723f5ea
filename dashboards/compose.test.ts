import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { COMMANDS } from '../services/cli/commands.ts'
import { loadConfig } from '../services/config/load.ts'

const root = resolve(import.meta.dirname, '..')
const compose = record(parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }))
const services = Object.entries(record(compose.services)).map(([name, service]) => ({ name, ...read(record(service)) }))

/** What the checks look at; anything of another shape throws. */
function read(service: Record<string, unknown>) {
  return {
    image: text(service.image),
    built: service.build === '.',
    command: list(service.command).map(text),
    user: service.user,
    readOnly: service.read_only === true,
    dropped: list(service.cap_drop).map(text),
    security: list(service.security_opt).map(text),
    tmpfs: list(service.tmpfs).map(text),
    ports: list(service.ports).map(text),
    volumes: list(service.volumes).map(text),
    environment: Object.entries(record(service.environment ?? {})).map(
      ([name, value]) => [name, String(value)] as const,
    ),
    health: record(service.healthcheck ?? {}),
    after: Object.entries(record(service.depends_on ?? {})).map(
      ([name, how]) => [name, record(how).condition] as const,
    ),
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a mapping belongs here')
  return Object.fromEntries(Object.entries(value))
}
function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new Error('a list belongs here')
  return value
}
function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a text belongs here')
  return value
}

const ours = services.filter(service => service.built)

t.test('the stack is our processes and what they stand on', async t => {
  t.strictSame(ours.map(service => service.name).sort(), ['ingest', 'notify', 'serve', 'store'])
  t.strictSame(
    services
      .filter(service => !service.built)
      .map(service => service.name)
      .sort(),
    ['clickhouse', 'grafana', 'kafka', 'mailpit', 'otel-collector'],
  )
})

t.test('each of our processes is a command of the program, with flags it knows', async t => {
  for (const { name, command } of ours) {
    const [word = '', ...flags] = command
    t.equal(word, name)
    t.ok(COMMANDS.has(word), word)
    t.strictSame(
      flags.filter(flag => flag.startsWith('--')).map(flag => flag.slice(2)),
      ['config', 'data'],
    )
  }
})

t.test('our processes run as nobody, on a root that cannot be written, with no rights to gain', async t => {
  for (const { name, user, readOnly, dropped, tmpfs } of ours) {
    t.match(user, /^[1-9]\d*:[1-9]\d*$/, name)
    t.ok(readOnly, name)
    t.strictSame(dropped, ['ALL'], name)
    t.ok(
      tmpfs.some(mount => mount.startsWith('/tmp:')),
      name,
    )
  }
  for (const { name, security } of services) t.strictSame(security, ['no-new-privileges:true'], name)
})

t.test('the configuration that is mounted is one Last Call takes, with the services of the stack in it', async t => {
  const environment = Object.fromEntries(ours[0]?.environment ?? [])
  const { settings, findings } = await loadConfig(join(root, 'docs/examples/production.yaml'), { environment })
  t.strictSame(
    findings.filter(finding => finding.level === 'error'),
    [],
  )
  t.strictSame(settings?.topic.kafka?.brokers, ['kafka:19092'])
  t.match(settings?.clickhouse, { url: 'http://clickhouse:8123', user: 'lastcall' })
  t.match(settings?.smtp, { host: 'mailpit', port: 1025 })
  t.equal(settings?.listen.port, 8080)
  t.ok(
    (settings?.access.ingest.length ?? 0) > 0 && (settings?.access.read.length ?? 0) > 0,
    'it may listen beyond loopback',
  )
  for (const name of [settings?.pepperEnv, settings?.clickhouse?.passwordEnv])
    t.ok(Object.hasOwn(environment, name ?? ''), `${name} is set`)
})

t.test('the Collector takes what our processes send, and every pipeline names parts that exist', async t => {
  const collector = record(parse(readFileSync(join(root, 'dashboards/otel-collector.yaml'), 'utf8')))
  const protocols = record(record(record(collector.receivers).otlp).protocols)
  t.equal(record(protocols.http).endpoint, '0.0.0.0:4318')
  for (const { environment } of ours)
    t.equal(new Map(environment).get('OTEL_EXPORTER_OTLP_ENDPOINT'), 'http://otel-collector:4318')
  const service = record(collector.service)
  const pipelines = record(service.pipelines)
  t.strictSame(Object.keys(pipelines).sort(), ['logs', 'metrics', 'traces'])
  for (const pipeline of Object.values(pipelines).map(record))
    for (const kind of ['receivers', 'processors', 'exporters'])
      for (const part of list(pipeline[kind])) t.ok(Object.hasOwn(record(collector[kind]), text(part)), text(part))
  for (const part of list(service.extensions)) t.ok(Object.hasOwn(record(collector.extensions), text(part)))
})

t.test('every image is pinned to a version with numbers', async t => {
  for (const { name, image } of services) t.match(image, /^[\w./-]+:v?\d+\.\d+\.\d+(\.\d+)?$/, name)
})

t.test('every published port is bound to loopback, and none twice', async t => {
  const ports = services.flatMap(service => service.ports)
  for (const port of ports) t.match(port, /^127\.0\.0\.1:\d+:\d+$/, port)
  t.equal(new Set(ports.map(port => port.split(':')[1])).size, ports.length)
})

t.test('every service has a health check with limits', async t => {
  for (const { name, health } of services) {
    t.equal(list(health.test)[0], 'CMD', name)
    for (const key of ['interval', 'timeout', 'start_period']) t.match(health[key], /^\d+s$/, `${name} ${key}`)
    t.type(health.retries, 'number', name)
  }
})

t.test('what is mounted exists, read-only, or is a named volume', async t => {
  const named = new Set(Object.keys(record(compose.volumes)))
  const used = new Set<string>()
  for (const { name, volumes } of services) {
    t.ok(volumes.length > 0, `${name} keeps its data or reads its configuration`)
    for (const volume of volumes) {
      const [from = '', to = '', mode] = volume.split(':')
      t.ok(to.startsWith('/'), volume)
      if (from.startsWith('./')) {
        t.ok(existsSync(join(root, from)), `${from} exists`)
        t.equal(mode, 'ro', volume)
      } else {
        t.ok(named.has(from), `${from} is declared`)
        used.add(from)
      }
    }
  }
  t.strictSame(used, named)
})

t.test('services wait for services that exist until they are healthy', async t => {
  const names = new Set(services.map(service => service.name))
  for (const { after } of services)
    for (const [name, condition] of after) {
      t.ok(names.has(name), name)
      t.equal(condition, 'service_healthy')
    }
})

t.test('every secret comes from the environment and its default is visibly none', async t => {
  for (const { name, environment } of services)
    for (const [key, value] of environment)
      if (/PASSWORD$|PEPPER$/.test(key)) t.match(value, /^\$\{[A-Z_]+:-placeholder-[a-z-]+\}$/, `${name} ${key}`)
})

t.test('Grafana finds its data source, its provisioning and every dashboard', async t => {
  const grafana = services.find(service => service.name === 'grafana')
  const environment = new Map(grafana?.environment)
  const mounted = new Map((grafana?.volumes ?? []).map(volume => [volume.split(':')[1], volume.split(':')[0] ?? '']))
  t.match(environment.get('GF_PLUGINS_PREINSTALL_SYNC'), /^grafana-clickhouse-datasource@\d+\.\d+\.\d+$/)
  t.equal(environment.get('GF_AUTH_ANONYMOUS_ORG_ROLE'), 'Viewer')

  const sources = yamlAt('/etc/grafana/provisioning/datasources/lastcall.yaml')
  const [source] = list(sources.datasources).map(record)
  t.equal(source?.type, 'grafana-clickhouse-datasource')
  t.equal(source?.uid, 'lastcall-clickhouse')
  const used = JSON.stringify(source).match(/\$\w+/g) ?? []
  t.ok(used.length > 0)
  for (const variable of used) t.ok(environment.has(variable.slice(1)), `${variable} is set`)

  const providers = yamlAt('/etc/grafana/provisioning/dashboards/lastcall.yaml')
  const path = text(record(list(providers.providers).map(record)[0]?.options).path)
  const boards = [...mounted].filter(([to]) => to !== undefined && dirname(to) === path)
  t.strictSame(boards.map(([, from]) => from).sort(), [
    './dashboards/ingest-health.json',
    './dashboards/sunset-overview.json',
  ])
  const home = environment.get('GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH')
  t.ok(mounted.has(home), 'the home page is one of them')

  function yamlAt(to: string): Record<string, unknown> {
    const from = mounted.get(to)
    if (from === undefined) throw new Error(`nothing is mounted at ${to}`)
    return record(parse(readFileSync(join(root, from), 'utf8')))
  }
})

t.test('the reader that Grafana asks as is the one ClickHouse makes, and may only select', async t => {
  const xml = readFileSync(join(root, 'dashboards/clickhouse-reader.xml'), 'utf8')
  const grafana = new Map(services.find(service => service.name === 'grafana')?.environment)
  const clickhouse = new Map(services.find(service => service.name === 'clickhouse')?.environment)
  t.match(xml, `<${grafana.get('LASTCALL_CLICKHOUSE_READER')}>`)
  t.strictSame(xml.match(/<query>.*<\/query>/g), ['<query>GRANT SELECT ON lastcall.*</query>'])
  t.equal(clickhouse.get('CLICKHOUSE_DB'), 'lastcall')
  const password = 'LASTCALL_CLICKHOUSE_READER_PASSWORD'
  t.equal(clickhouse.get(password), grafana.get(password))
})
