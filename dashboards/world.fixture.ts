import { join } from 'node:path'
import type { Test } from 'tap'
import { aCall } from '../ingest/block/a-call.ts'
import { BlockBuilder } from '../ingest/block/block-builder.ts'
import { migrate } from '../ingest/store/migrate.ts'
import { openDeadLetters } from '../ingest/store/sqlite-dead-letters.ts'
import { createStore } from '../ingest/store/store.ts'
import { loadConfig } from '../services/config/load.ts'
import { writeCopies } from '../services/copies/write-copies.ts'
import type { BlockHeaders, Tally } from '../services/domain/block.ts'
import { SCHEMA_VERSION } from '../services/domain/block.ts'
import type { Call } from '../services/domain/call.ts'
import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Lease } from '../services/domain/topic.ts'
import { type ClickHouse, openClickHouse } from '../services/platform/clickhouse.ts'
import { systemClock } from '../services/platform/clock.ts'
import { silentLog } from '../services/platform/log.ts'

export const NOW = Date.UTC(2026, 10, 22, 12, 30)
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A version and one of its operations are both deprecated; one date is ahead, one past, one open; one thing is unused. */
const CONFIG = `
sources:
  - { id: edge, realm: kong }
  - { id: web, realm: kong }
apis:
  - id: partner
    policy: layers
    hosts: [api.partner.example]
    zone: Pacific/Auckland
    support: help@partner.example
    operations: [ 'POST /v1/generate', 'GET /v1/search', 'POST /v2/generations', 'GET /v2/search' ]
    deprecations:
      - id: generate
        thing: { operation: POST /v1/generate }
        announced: 2026-06-01
        sunset: 2026-12-20
        reason: Replaced.
        guide: { from-to: [ { from: a, to: b } ] }
        successor: { operation: POST /v2/generations }
      - id: partner-v1
        thing: { version: v1 }
        announced: 2026-06-01
        sunset: 2027-02-01
        reason: Replaced.
        guide: { from-to: [ { from: a, to: b } ] }
        successor: { version: v2 }
  - id: open
    policy: scale
    hosts: [api.open.example]
    zone: America/Los_Angeles
    support: help@open.example
    operations: [ 'GET /v1/tasks', 'GET /v1/unused', 'GET /v2/tasks' ]
    deprecations:
      - id: tasks
        thing: { operation: GET /v1/tasks }
        announced: 2026-06-01
        reason: Superseded.
        successor: { operation: GET /v2/tasks }
      - id: unused
        thing: { operation: GET /v1/unused }
        announced: 2026-06-01
        reason: Nobody came.
        successor: { operation: GET /v2/tasks }
customers: { file: ./customers.csv }
`
const CUSTOMERS = `customer,consumer,contact,role,language,zone,tags
Acme,kong:consumer:acme,dev@acme.example,developer,en,UTC,
Acme,kong:consumer:acme-batch,dev@acme.example,developer,en,UTC,
Birch,kong:consumer:birch,dev@birch.example,developer,en,UTC,
`

export interface World {
  readonly clickhouse: ClickHouse
  readonly catalogue: Catalogue
}

/** A store of the test's own with three weeks of calls in it, written the way the product writes them. */
export async function aWorld(t: Test): Promise<World> {
  const folder = t.testdir({ 'lastcall.yaml': CONFIG, 'customers.csv': CUSTOMERS })
  const { catalogue, findings } = await loadConfig(join(folder, 'lastcall.yaml'), { environment: {} })
  if (catalogue === undefined) throw new Error(findings.map(one => one.message).join('; '))
  const clickhouse = await openClickHouse({ embedded: { folder: join(folder, 'clickhouse') } })
  const dead = openDeadLetters(join(folder, 'dead.db'))
  t.teardown(async () => {
    await clickhouse.close()
    dead.close()
  })
  await migrate(clickhouse, { clock: systemClock })
  const store = createStore({ clickhouse, dead, clock: systemClock, log: silentLog })
  const blocks = [
    block('edge', callsOf('edge'), [
      { hour: at(3 * HOUR), outcome: 'call', reason: '', lines: callsOf('edge').length },
      { hour: at(3 * HOUR), outcome: 'unparsed', reason: 'not-json', lines: 7 },
      { hour: at(2 * HOUR), outcome: 'unparsed', reason: 'no-time', lines: 2 },
      { hour: at(2 * HOUR), outcome: 'dropped', reason: 'unknown-host', lines: 5 },
    ]),
    block('web', callsOf('web'), [
      { hour: at(HOUR), outcome: 'call', reason: '', lines: callsOf('web').length },
      { hour: at(HOUR), outcome: 'unparsed', reason: 'not-json', lines: 3 },
    ]),
    block('edge', [], [], NOW - HOUR),
    block('quiet', [], [], NOW - 40 * HOUR),
  ]
  const logTime = NOW + 300_000
  await store.blocks(
    LEASE,
    blocks.map((one, offset) => ({ ...one, partition: 0, offset: BigInt(offset), logTime })),
  )
  await writeCopies(clickhouse, before(catalogue), NOW - 1)
  await writeCopies(clickhouse, catalogue, NOW)
  return { clickhouse, catalogue }
}

/** What stood before: a deprecation that was withdrawn since, and owners who are none any more. */
function before(catalogue: Catalogue): Catalogue {
  const generate = catalogue.deprecations.get('generate')
  if (generate === undefined) throw new Error('a deprecation is missing')
  const byConsumer = new Map([
    ['kong:consumer:acme', 'Former'],
    ['kong:consumer:nobodys', 'Former'],
  ])
  return {
    ...catalogue,
    deprecations: new Map([...catalogue.deprecations, ['withdrawn', { ...generate, id: 'withdrawn' }]]),
    customers: { ...catalogue.customers, byConsumer },
  }
}

const LEASE: Lease = {
  partition: 0,
  committed: async () => ({ offset: 0n, metadata: '' }),
  commit: async () => {},
  current: () => true,
  heartbeat: async () => {},
}

const at = (ago: number): number => Math.floor((NOW - ago) / HOUR) * HOUR
let requests = 0

/** Old and new ways, keyless, refused, gone, tests of a monitor, one consumer that left, one that moved. */
function callsOf(source: string): readonly Call[] {
  const calls: Call[] = []
  const add = (day: number, many: number, over: Partial<Call>): void => {
    for (let nth = 0; nth < many; nth += 1) {
      requests += 1
      const time = NOW - day * DAY - nth * 60_000
      calls.push(
        aCall({ source, time, received: NOW, requestId: `r${requests}`, consumer: 'kong:consumer:acme', ...over }),
      )
    }
  }
  const generate = { api: 'partner', version: 'v1', operation: 'POST /v1/generate' }
  const search = { api: 'partner', version: 'v1', operation: 'GET /v1/search' }
  const after = { api: 'partner', version: 'v2', operation: 'POST /v2/generations' }
  const tasks = { api: 'open', version: 'v1', operation: 'GET /v1/tasks' }
  // Refused later than anything that was answered: it is nobody's last call.
  if (source === 'edge') add(0, 1, { ...search, consumer: '', status: 401, time: NOW + 60_000 })
  for (let day = 0; day < 21; day += 1) {
    if (source === 'web') {
      add(day, 3, { ...tasks, consumer: 'kong:consumer:nobodys' })
      if (day > 9) add(day, 2, { ...tasks, consumer: 'kong:consumer:birch' })
      else add(day, 2, { ...tasks, version: 'v2', operation: 'GET /v2/tasks', consumer: 'kong:consumer:birch' })
      continue
    }
    add(day, 4, generate)
    add(day, 1 + (day % 3), { ...search, consumer: 'kong:consumer:birch' })
    add(day, 2, { ...search, consumer: '' })
    add(day, 1, { ...generate, consumer: '', status: 403 })
    if (day % 7 === 3) add(day, 5, { ...generate, consumer: 'kong:consumer:acme-batch', weight: 10 })
    if (day < 6) add(day, 3, after)
    if (day === 2) add(day, 2, { ...generate, status: 410 })
    if (day === 1) add(day, 2, { ...search, status: 404 })
    add(day, 1, { ...generate, class: 'test', consumer: 'kong:consumer:monitor' })
  }
  return calls
}

function block(source: string, rows: readonly Call[], tallies: readonly Tally[], heartbeat?: number) {
  const builder = new BlockBuilder()
  for (const row of rows) builder.add(row)
  const { payload, first, last } = rows.length === 0 ? { payload: new Uint8Array(), first: 0, last: 0 } : builder.take()
  const uploads =
    tallies.length === 0 ? [] : [{ key: `upload-${source}`, part: 1, of: 1, first: 0, rows: rows.length, tallies }]
  const headers: BlockHeaders = {
    schema: SCHEMA_VERSION,
    catalogue: 'test',
    source,
    uploads,
    first,
    last,
    ...(heartbeat === undefined ? {} : { heartbeat: { through: heartbeat } }),
  }
  return { payload, rows: rows.length, headers }
}
