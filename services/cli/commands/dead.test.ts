import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { aCall } from '../../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../../ingest/block/block-builder.ts'
import type { DeadLetter, DeadLetterBox } from '../../../ingest/store/dead-letters.ts'
import { migrate } from '../../../ingest/store/migrate.ts'
import { replayOf } from '../../../ingest/store/replay.ts'
import { openDeadLetters } from '../../../ingest/store/sqlite-dead-letters.ts'
import { createStore } from '../../../ingest/store/store.ts'
import { openKafkaDeadLetters } from '../../../ingest/topic/kafka-dead-letters.ts'
import { openKafkaTopic } from '../../../ingest/topic/kafka-topic.ts'
import { partitionOf } from '../../../ingest/topic/repeats.ts'
import { openSqliteTopic } from '../../../ingest/topic/sqlite-topic.ts'
import { startCluster } from '../../../test/broker/cluster.ts'
import { type Block, SCHEMA_VERSION } from '../../domain/block.ts'
import type { Topic } from '../../domain/topic.ts'
import { DEAD_FILE } from '../../embedded/embedded.ts'
import { type ClickHouse, openClickHouse } from '../../platform/clickhouse.ts'
import { count, text } from '../../platform/clickhouse-rows.ts'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import type { Command } from '../command.ts'
import { deadDrop } from './dead-drop.ts'
import { deadList } from './dead-list.ts'
import { deadReplay } from './dead-replay.ts'
import { deadShow } from './dead-show.ts'

const NOW = systemClock.now()

/** 20 calls of one upload; those at `refused` have a path that the table is made to refuse. */
function upload(key: string, refused: readonly number[]): Block {
  const builder = new BlockBuilder()
  for (let row = 0; row < 20; row += 1)
    builder.add(
      aCall({
        time: NOW + row,
        received: NOW,
        source: 'edge',
        path: refused.includes(row) ? '/refused' : '/fine',
        requestId: `${key}-${row}`,
      }),
    )
  const { payload, rows, first, last } = builder.take()
  const hour = NOW - (NOW % 3_600_000)
  const tallies = [{ hour, outcome: 'call' as const, reason: '', lines: rows }]
  return {
    payload,
    rows,
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: 'r',
      source: 'edge',
      uploads: [{ key, part: 1, of: 1, first: 0, rows, tallies }],
      first,
      last,
    },
  }
}

/** A topic, a store that works while `open` is, and what the commands are given to find them. */
interface Place {
  readonly flags: Readonly<Record<string, string>>
  topic(): Promise<Topic>
  box(): DeadLetterBox
}

async function embedded(t: Test): Promise<Place> {
  const data = await folderOf(t)
  return {
    flags: { data, config: await configIn(data, '') },
    topic: () => openSqliteTopic({ folder: data, clock: systemClock, gatherMs: 0, partitions: 2 }),
    box: () => openDeadLetters(join(data, DEAD_FILE)),
  }
}

const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
t.teardown(() => cluster?.end())

async function onKafka(t: Test): Promise<Place> {
  const data = await folderOf(t)
  const brokers = cluster?.addresses ?? []
  const kafka = { brokers, clientId: 'test' }
  const shared = { kafka, clock: systemClock, log: silentLog }
  const config = await configIn(data, `topic: { partitions: 2, kafka: { brokers: ["${brokers[0]}"] } }\n`)
  const group = randomUUID()
  return {
    flags: { data, config },
    topic: () => openKafkaTopic({ ...shared, partitions: 2, group, gatherMs: 5, sessionMs: 6_000 }),
    box: () => openKafkaDeadLetters(shared),
  }
}

async function folderOf(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-dead-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function configIn(folder: string, topic: string): Promise<string> {
  const file = join(folder, 'lastcall.yaml')
  await writeFile(file, `${topic}apis:\n  - { id: partner, policy: scale, hosts: [api.partner.example] }\n`)
  return file
}

async function lastcall(command: Command, place: Place, values: object, ...positionals: string[]) {
  const out: string[] = []
  const err: string[] = []
  const status = await command.run({
    values: { ...place.flags, ...values },
    positionals,
    stdout: text => void out.push(text),
    stderr: text => void err.push(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: new AbortController().signal,
  })
  return { status, out: out.join(''), err: err.join('') }
}

const places: readonly (readonly [string, (t: Test) => Promise<Place>])[] = [
  ['in one process', embedded],
  ...(cluster === undefined ? [] : [['on Kafka', onKafka] as const]),
]

for (const [where, make] of places)
  t.test(`rows set aside ${where} are listed, put back once however often, or dropped; the sums agree`, async t => {
    const place = await make(t)
    const clickhouse = await openClickHouse({ embedded: { folder: join(place.flags.data ?? '', 'clickhouse') } })
    t.teardown(() => clickhouse.close())
    await migrate(clickhouse, { clock: systemClock })
    const mended = await doorsOf(clickhouse)
    await doors(
      clickhouse,
      mended.map(sql => sql.replace('CONSTRAINT ', "CONSTRAINT picky CHECK path != '/refused', CONSTRAINT ")),
    )

    await stored(place, clickhouse, topic => topic.append(1, [upload('one', [3, 7]), upload('two', [11])]), 37)
    t.strictSame(await sums(clickhouse), { calls: 37, distinct: 37, call: 37, dead: 3, replayed: 0 })
    const listed = (await lastcall(deadList, place, { json: true })).out.split('\n').slice(0, -1)
    t.equal(listed.length, 3)
    const [first = '', , third = ''] = listed.map(line => {
      const { partition, offset, row } = JSON.parse(line) as { partition: number; offset: string; row: number }
      return `${partition}/${offset}/${row}`
    })

    t.same(await lastcall(deadReplay, place, {}, first), { status: 0, out: '1 rows put back on the topic\n', err: '' })
    await t.rejects(lastcall(deadReplay, place, {}, first), { code: 'LC_DEAD_UNKNOWN' }, 'it is open no more')
    await stored(place, clickhouse, async () => {}, 37)
    t.match(
      await sums(clickhouse),
      { calls: 37, call: 37, dead: 3, replayed: 0 },
      'refused again: dead once, not replayed',
    )
    t.equal(
      (await lastcall(deadList, place, {})).out.split('\n').length - 2,
      3,
      'it is open again, under its new place',
    )

    await doors(clickhouse, mended)
    await t.rejects(lastcall(deadDrop, place, {}, third), { code: 'LC_CLI_FLAGS' }, 'a reason is wanted')
    t.equal((await lastcall(deadDrop, place, { reason: 'a test' }, third)).out, '1 rows dropped\n')
    t.equal((await lastcall(deadReplay, place, { all: true, json: true })).out, '{"replayed":2,"left":0}\n')
    await again(place)
    await stored(place, clickhouse, async () => {}, 39)
    t.strictSame(await sums(clickhouse), { calls: 39, distinct: 39, call: 37, dead: 3, replayed: 2 })

    t.equal((await lastcall(deadReplay, place, { all: true })).status, 0)
    const all = (await lastcall(deadList, place, { all: true })).out
    t.match(all, /\(dropped .*: a test\)/)
    t.match(all, /\(replayed /)
    t.match((await lastcall(deadList, place, {})).out, /^0 rows/)
    t.match((await lastcall(deadShow, place, {}, first)).out, /\/refused/, 'those marked can still be looked at')
  })

/** The statements that make the tables every row goes through. */
async function doorsOf(clickhouse: ClickHouse): Promise<readonly string[]> {
  const rows = await clickhouse.query(
    "SELECT create_table_query AS sql FROM system.tables WHERE name IN ('calls_in', 'calls_probe') AND database = currentDatabase()",
    {},
    { sql: text },
  )
  return rows.map(({ sql }) => sql)
}

/** Makes them anew, with what a migration would change. */
async function doors(clickhouse: ClickHouse, statements: readonly string[]): Promise<void> {
  for (const table of ['calls_in', 'calls_probe']) await clickhouse.command(`DROP TABLE ${table} SYNC`)
  for (const sql of statements) await clickhouse.command(sql)
}

/** What a kill between append and mark leads to: the same letters once more. */
async function again(place: Place): Promise<void> {
  const letters = (await lastcall(deadList, place, { all: true, json: true })).out.split('\n').slice(0, -1)
  const topic = await place.topic()
  for (const line of letters) {
    const letter = JSON.parse(line) as DeadLetter
    if (letter.mark?.state !== 'replayed') continue
    const { key, block } = replayOf(letter, systemClock.now())
    await topic.append(partitionOf(key, 2), [block])
  }
  await topic.close()
}

/** Lets a store work until so many calls are there and nothing waits; `first` puts something on the topic. */
async function stored(
  place: Place,
  clickhouse: ClickHouse,
  first: (topic: Topic) => Promise<void>,
  calls: number,
): Promise<void> {
  const topic = await place.topic()
  const box = place.box()
  const store = createStore({ clickhouse, dead: box, clock: systemClock, log: silentLog })
  await first(topic)
  const ends = await topic.ends()
  const consumption = await topic.consume(store)
  for (let tries = 0, still = 0; tries < 300 && still < 3; tries += 1) {
    await systemClock.sleep(100)
    const rows = await clickhouse.query('SELECT max(offset) + 1 AS n FROM uploads GROUP BY partition', {}, { n: count })
    const seen = rows.reduce((sum, { n }) => sum + n, 0)
    const wanted = Number(ends.reduce((sum, end) => sum + end, 0n))
    still = seen >= wanted && (await sums(clickhouse)).calls === calls ? still + 1 : 0
  }
  await consumption.stop()
  await topic.close()
  await box.close()
}

async function sums(clickhouse: ClickHouse) {
  const [calls] = await clickhouse.query(
    'SELECT count() AS calls, uniqExact(request_id) AS distinct FROM calls',
    {},
    { calls: count, distinct: count },
  )
  const tallies = await clickhouse.query(
    'SELECT outcome, sum(lines) AS n FROM sources_hourly GROUP BY outcome',
    {},
    { outcome: text, n: count },
  )
  const told = Object.fromEntries(tallies.map(({ outcome, n }) => [outcome, n]))
  return {
    calls: calls?.calls ?? 0,
    distinct: calls?.distinct ?? 0,
    call: told.call ?? 0,
    dead: told.dead ?? 0,
    replayed: told.replayed ?? 0,
  }
}
