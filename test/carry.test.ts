import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { heldReason } from '../notifier/ledger/held.ts'
import { Ledger } from '../notifier/ledger/ledger.ts'
import { exportInstallation } from '../services/carry/export.ts'
import { restoreInstallation } from '../services/carry/restore.ts'
import { openClickHouse } from '../services/platform/clickhouse.ts'
import { systemClock } from '../services/platform/clock.ts'
import { ClickHouseProcess } from './clickhouse/clickhouse-process.ts'
import { sumsOf } from './crash/sums.ts'
import { UpProcess } from './crash/up-process.ts'
import { jsonLine } from './running.ts'

const say = (): void => {}

t.test('an installation moves with its history, ledger, pepper and positions, and its numbers stay', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-carry-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const log = join(folder, 'access.json')
  const config = join(folder, 'lastcall.yaml')
  await writeFile(
    config,
    `sources:
  - { id: web, format: nginx-json, key: { header: x-api-key } }
  - { id: files, format: nginx-json, key: { header: x-api-key }, file: { path: ${log} } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
  )
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, index) => jsonLine({ x_api_key: `fake-key-${index % 3}` })).join('\n')
  await writeFile(log, `${lines(50)}\n`)
  const data = join(folder, 'old')
  const up = async (data: string, calls: number): Promise<void> => {
    const running = new UpProcess(['--config', config, '--data', data, '--port', '0'])
    await running.start()
    t.teardown(() => running.kill())
    if (calls === 250) await fetch(`${running.url}/ingest/web`, { method: 'POST', body: lines(200) })
    // A followed file read to its end says so once a minute, in a block of its own: quiet for a while, not for a moment.
    for (let tries = 0, quiet = 0; tries < 300 && quiet < 10; tries += 1) {
      await systemClock.sleep(200)
      const { total } = (await (await fetch(`${running.url}/api/v1/totals`)).json()) as { total: number }
      const metrics = await (await fetch(`${running.url}/metrics`)).text()
      const waiting = [...metrics.matchAll(/^lastcall_store_lag\{[^}]*\} (\d+)/gm)].map(([, blocks]) => Number(blocks))
      quiet = total >= calls && waiting.length > 0 && waiting.every(blocks => blocks === 0) ? quiet + 1 : 0
    }
    await running.kill('SIGTERM')
  }
  await up(data, 250)
  const target = join(folder, "the team's export")
  await exportInstallation({ data, target, clock: systemClock, copy: false, say })
  const old = Ledger.open(join(data, 'ledger.db'))
  t.match(heldReason(old), /exported/, 'the old ledger sends nothing any more')
  old.close()

  await t.rejects(exportInstallation({ data, target, clock: systemClock, copy: true, say }), {
    code: 'LC_CARRY_TARGET',
  })

  const sums = async (settings: Parameters<typeof openClickHouse>[0]): Promise<Record<string, number>> => {
    const clickhouse = await openClickHouse(settings)
    return sumsOf(clickhouse).finally(() => clickhouse.close())
  }
  const before = await sums({ embedded: { folder: join(data, 'clickhouse') } })
  t.match(before, { calls: 250, distinct: 250, usage_daily: 250, tallies: 250 })

  t.test('into another data folder, where the followed file goes on where it stood', async t => {
    const fresh = join(folder, 'new')
    const clickhouse = await openClickHouse({ embedded: { folder: join(fresh, 'clickhouse') } })
    await restoreInstallation({ source: target, data: fresh, clickhouse, otherTopic: false, clock: systemClock, say })
    t.strictSame(await sumsOf(clickhouse), before)
    await t.rejects(
      restoreInstallation({ source: target, data: fresh, clickhouse, otherTopic: false, clock: systemClock, say }),
      { code: 'LC_CARRY_TARGET' },
    )
    await clickhouse.close()
    const ledger = Ledger.open(join(fresh, 'ledger.db'))
    t.match(heldReason(ledger), /restored/)
    ledger.close()
    t.same(await readFile(join(fresh, 'pepper')), await readFile(join(data, 'pepper')))
    await writeFile(log, `${lines(7)}\n`, { flag: 'a' })
    await up(fresh, 257)
    t.match(await sums({ embedded: { folder: join(fresh, 'clickhouse') } }), { calls: 257, distinct: 257 })
  })

  t.test('into a ClickHouse server, again after it was cut short', async t => {
    const server = new ClickHouseProcess(join(folder, 'server'))
    await server.start()
    t.teardown(() => server.kill())
    const clickhouse = await openClickHouse(server.settings)
    const options = {
      source: target,
      data: join(folder, 'production'),
      clickhouse,
      otherTopic: true,
      clock: systemClock,
    }
    let pieces = 0
    const cut = (text: string): void => {
      if (text.startsWith('reading') && ++pieces === 4) throw new Error('cut short')
    }
    await t.rejects(restoreInstallation({ ...options, say: cut }), /cut short/)
    await restoreInstallation({ ...options, say })
    t.strictSame(await sumsOf(clickhouse), before)
    await clickhouse.close()
  })

  t.test('a file that was changed on the way is refused before anything is written', async t => {
    await writeFile(join(target, 'pepper'), 'x', { flag: 'a' })
    const clickhouse = await openClickHouse({ embedded: { folder: join(folder, 'third', 'clickhouse') } })
    const options = { source: target, data: join(folder, 'third'), clickhouse, otherTopic: false, clock: systemClock }
    await t.rejects(restoreInstallation({ ...options, say }), { code: 'LC_CARRY_CHANGED' })
    await clickhouse.close()
  })
})
