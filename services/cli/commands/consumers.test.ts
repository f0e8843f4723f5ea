import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { systemClock } from '../../platform/clock.ts'
import type { Command } from '../command.ts'
import { consumers } from './consumers.ts'
import { importFiles } from './import.ts'
import { migrate } from './migrate.ts'

const DAY = 86_400_000
const now = systemClock.now()
const folder = t.testdir({
  'lastcall.yaml': `apis:
  - id: partner
    policy: scale
    hosts: [api.partner.example]
    zone: UTC
    support: help@partner.example
    version: { in: path }
    deprecations:
      - id: old-content
        thing: { operation: "GET /v1/content/{id}" }
        announced: 2026-01-15
        sunset: 2027-06-30
        reason: Replaced.
        successor: { operation: "GET /v2/content/{id}" }
sources:
  - id: edge
    format: kong
    realm: kong
customers: { file: ./customers.csv }
`,
  'customers.csv':
    'customer,consumer,contact,role,language,zone,tags\nacme,kong:consumer:c1,dev@acme.example,developer,en,UTC,\n',
})

/** One call as Kong's file-log writes it. */
function line(consumer: string, daysAgo: number, path = '/v1/content/12'): string {
  const started_at = now - daysAgo * DAY
  const request = {
    method: 'GET',
    uri: path,
    url: `http://api.partner.example${path}`,
    headers: { host: 'api.partner.example', 'user-agent': 'okhttp/4' },
  }
  return JSON.stringify({
    started_at,
    request,
    response: { status: 200, headers: {} },
    latencies: { request: 5, kong: 1, proxy: 4 },
    consumer: { id: consumer, username: consumer },
    client_ip: '192.0.2.1',
  })
}
writeFileSync(
  `${folder}/access.log`,
  [line('c1', 2), line('c1', 3), line('c1', 9), line('c2', 20), line('c4', 1), line('c3', 1, '/v2/content/9')].join(
    '\n',
  ),
)

async function run(
  command: Command,
  positionals: readonly string[],
  values: Record<string, string | boolean> = {},
): Promise<string> {
  let out = ''
  const status = await command.run({
    values: { config: `${folder}/lastcall.yaml`, data: `${folder}/data`, ...values },
    positionals,
    stdout: text => {
      out += text
    },
    stderr: text => t.comment(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: AbortSignal.timeout(60_000),
  })
  return status === 0 ? out : `status ${status}`
}

t.test('migrate says what it would do, does it, and has nothing left to do', async t => {
  const dry = JSON.parse(await run(migrate, [], { json: true, 'dry-run': true }))
  t.match(dry, { applied: [], owed: ['0001_calls.sql'] })
  t.match(await run(migrate, []), 'applied 0001_calls.sql\n')
  t.equal(await run(migrate, []), 'The tables are up to date.\n')
})

t.test(
  'consumers names who still calls, for people, as CSV and as JSON, most calls in the last week first',
  async t => {
    await run(importFiles, [`${folder}/access.log`], { source: 'edge' })
    const rows = JSON.parse(await run(consumers, ['old-content'], { json: true }))
    t.strictSame(
      rows.map((row: Record<string, unknown>) => [
        row.consumer,
        row.customer,
        row.calls,
        row.calls7d,
        row.trend7d,
        row.reachable,
      ]),
      [
        ['kong:consumer:c1', 'acme', 3, 2, 1, true],
        ['kong:consumer:c4', null, 1, 1, 1, false],
        ['kong:consumer:c2', null, 1, 0, 0, false],
      ],
    )
    const csv = await run(consumers, ['old-content'], { csv: true })
    t.equal(csv.split('\r\n')[0], 'consumer,customer,calls,first,last,calls7d,calls7dBefore,trend7d,state,reachable')
    const text = await run(consumers, ['old-content'])
    t.match(text, /kong:consumer:c1 +acme +3 +2 +\+1/)
    await t.rejects(run(consumers, ['no-such-thing']), { code: 'LC_SERVICE_ANSWER', exit: 2 })
    await t.rejects(run(consumers, []), { code: 'LC_CLI_FLAGS', exit: 2 })
  },
)

t.test('tables are not touched while a range is pinned', async t => {
  // As a store that was killed after it pinned leaves the topic, and a program with one migration more finds it.
  const topic = new DatabaseSync(`${folder}/data/topic.db`)
  topic.exec("UPDATE partitions SET metadata = 'p1 9 1 1 7200000 0 ' WHERE partition = 0")
  topic.close()
  const { openClickHouse } = await import('../../platform/clickhouse.ts')
  const clickhouse = await openClickHouse({ embedded: { folder: `${folder}/data/clickhouse` } })
  await clickhouse.command("ALTER TABLE migrations DELETE WHERE name = '0003_copies.sql' SETTINGS mutations_sync = 1")
  await clickhouse.close()
  await t.rejects(run(migrate, []), { code: 'LC_MIGRATION_PINNED', exit: 3 })
})
