import { spawn } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { installation, jsonLine } from './running.ts'

const BIN = join(import.meta.dirname, '../services/cli/lastcall.js')
const CONFIG = `sources:
  - { id: keyless, format: nginx-json }
  - { id: keyed, format: nginx-json, key: { header: x-api-key } }
  - { id: inner, format: nginx-json, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`

function doctor(...args: readonly string[]): Promise<{ readonly status: number | null; readonly stdout: string }> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [BIN, 'doctor', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.once('close', status => resolve({ status, stdout }))
  })
}

const lines = (count: number, some: (index: number) => Readonly<Record<string, unknown>>): string =>
  Array.from({ length: count }, (_, index) => jsonLine({ request_time: '0.010', ...some(index) })).join('\n')

t.test('the doctor tells a source that names nobody from one that does', async t => {
  const last = await installation(t, CONFIG)
  const keyed = (index: number) => ({ x_api_key: `fake-key-${index % 5}`, status: index % 9 === 0 ? '404' : '200' })
  await last.post(
    'keyless',
    lines(40, index => ({ status: index % 9 === 0 ? '404' : '200', request_uri: `/unknown/${index}/x` })),
  )
  await last.post('keyed', lines(40, keyed))
  await last.settle()

  const ill = await doctor('keyless', '--for', '0', '--json', '--url', last.url)
  t.equal(ill.status, 1)
  const rules = (JSON.parse(ill.stdout) as { findings: { rule: string }[] }).findings.map(({ rule }) => rule)
  t.strictSame(rules, ['no-identity', 'unknown-templates'])

  const well = await doctor('keyed', '--for', '0', '--url', last.url)
  t.strictSame(well, { status: 0, stdout: 'keyed is well.\n' })
})

t.test('requests that two sources log are found; who watches sees only what comes from now on', async t => {
  const last = await installation(t, CONFIG)
  let round = 0
  const both = () => {
    round += 1
    return lines(20, index => ({
      request_id: `one-request-${round}-${index}`,
      x_api_key: 'fake-key-1',
      // So many of one network, or all well, would be findings of their own.
      client: index % 2 === 0 ? '192.0.2.7' : '198.51.100.7',
      status: index === 0 ? '404' : '200',
    }))
  }
  await last.post('keyed', 'no record at all\n')
  await last.settle()
  const watching = doctor('keyed', '--for', '6', '--json', '--url', last.url)
  // Whenever it begins to look, there is traffic.
  let over = false
  void watching.then(() => {
    over = true
  })
  while (!over) {
    const body = both()
    await last.post('keyed', body)
    await last.post('inner', body)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  const { status, stdout } = await watching
  t.equal(status, 1)
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; message: string }[] }
  t.strictSame(
    findings.map(({ rule }) => rule),
    ['second-hop'],
  )
  t.match(findings[0]?.message, /^\d+ of its requests were logged by inner/)
})

t.test('a source that is not there, and a time that is none, are told', async t => {
  const last = await installation(t, CONFIG)
  t.equal((await doctor('nobody', '--for', '0', '--url', last.url)).status, 2)
  t.equal((await doctor('keyed', '--for', 'soon', '--url', last.url)).status, 2)
  const one = (await (await fetch(`${last.url}/api/v1/sources/keyed`)).json()) as Record<string, unknown>
  t.match(one, { source: 'keyed', hours: [], silentHours: [], facts: { calls: 0 } })
  t.equal((await fetch(`${last.url}/api/v1/sources/nobody`)).status, 404)
})
