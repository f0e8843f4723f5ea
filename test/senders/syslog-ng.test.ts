import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { logLine } from '../crash/senders.ts'
import { UpProcess } from '../crash/up-process.ts'
import { SyslogNgProcess, syslogNgVersion } from './syslog-ng-process.ts'

const LINES = process.env.LASTCALL_LONG === '1' ? 10_000 : 1_500
const KILLS = process.env.LASTCALL_LONG === '1' ? 4 : 2
const TOKEN = 'lct_fake-token-of-a-test'
const version = syslogNgVersion()
const missing = 'syslog-ng-core and syslog-ng-mod-http are not installed'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

t.test('syslog-ng is there where its test is required', async t => {
  t.ok(version !== '' || process.env.LASTCALL_REQUIRE_SENDERS !== '1', missing)
})

t.test(
  'what syslog-ng posts while Last Call is killed and started again is there: once with one record a body, never lost in batches',
  { timeout: 240_000, skip: version === '' ? missing : false },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-syslog-ng-'))
    const [port, log] = [await freePort(), join(folder, 'logs', 'access.json')]
    const config = join(folder, 'lastcall.yaml')
    const source = (id: string): string =>
      `  - { id: ${id}, format: nginx-json, realm: one, tokens: [ ${tokenDigest(TOKEN)} ] }`
    await writeFile(
      config,
      `sources:\n${source('single')}\n${source('batched')}\napis:\n  - { id: partner, policy: scale, hosts: [api.partner.example] }\n`,
    )
    const now = Date.now()
    await mkdir(join(folder, 'logs'), { recursive: true })
    await writeFile(log, `${Array.from({ length: LINES }, (_, number) => logLine(number, now)).join('\n')}\n`)
    const data = join(folder, 'data')
    const up = new UpProcess(['--config', config, '--data', data, '--port', String(port)])
    const sender = new SyslogNgProcess(join(folder, 'syslog-ng'))
    t.teardown(async () => {
      await sender.stop()
      await up.kill()
      await rm(folder, { recursive: true, force: true })
    })
    await up.start()
    await sender.start(log, [
      { url: `${up.url}/ingest/single`, token: TOKEN, lines: 1, workers: 8 },
      { url: `${up.url}/ingest/batched`, token: TOKEN, lines: 100, workers: 2 },
    ])
    const totalled = async (): Promise<number> =>
      ((await (await fetch(`${up.url}/api/v1/totals`)).json()) as { total: number }).total
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await delay(700)
      await up.kill()
      await up.start()
    }
    let [before, still] = [-1, 0]
    while (still < 20) {
      await delay(500)
      const total = await totalled()
      still = total === before ? still + 1 : 0
      before = total
      if (total >= 2 * LINES && still >= 6) break
    }
    await sender.stop()
    await up.kill('SIGTERM')
    const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
    const told = async (source: string) => {
      const sql = `SELECT count() AS rows, uniqExact(request_id) AS calls FROM calls WHERE source = '${source}'`
      return (await clickhouse.query(sql, {}, { rows: count, calls: count }))[0]
    }
    const [single, batched] = [await told('single'), await told('batched')]
    await clickhouse.close()
    t.comment(`syslog-ng ${version}: one record a body ${JSON.stringify(single)}, batches ${JSON.stringify(batched)}`)
    t.strictSame(single, { rows: LINES, calls: LINES })
    t.equal(batched?.calls, LINES, 'none is lost where batches are put together anew')
  },
)
