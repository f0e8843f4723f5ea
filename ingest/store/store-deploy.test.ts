import t from 'tap'
import { type ClickHouse, openClickHouse, type Settings } from '../../services/platform/clickhouse.ts'
import { clickHouseFault } from '../../services/platform/clickhouse-errors.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aPartition, each, rows, sums } from './a-partition.ts'
import { INSERT_SETTINGS } from './insert.ts'
import { migrate } from './migrate.ts'
import { readPin } from './pin.ts'
import { openDeadLetters } from './sqlite-dead-letters.ts'
import { createStore } from './store.ts'

const folder = t.testdir({})
const clickhouse = await openClickHouse({ embedded: { folder: `${folder}/clickhouse` } })
const dead = openDeadLetters(`${folder}/dead.db`)
t.teardown(async () => {
  await clickhouse.close()
  dead.close()
})
await migrate(clickhouse, { clock: systemClock })

/** The next version's constants: they cut an insert into small blocks. */
const NEXT = 2
const versions = INSERT_SETTINGS as Map<number, Settings>
versions.set(NEXT, {
  ...versions.get(1),
  min_insert_block_size_rows: 100,
  min_insert_block_size_bytes: 1_000,
  max_block_size: 100,
})

/** One version of the store; what each insert was cut by is kept. */
function deployed(settings: number, over: Partial<ClickHouse> = {}) {
  const cut: unknown[] = []
  const store = createStore({
    clickhouse: {
      ...clickhouse,
      async insertNative(insert) {
        if (insert.into === 'calls_in') cut.push(insert.settings.max_block_size)
        await (over.insertNative ?? clickhouse.insertNative)(insert)
      },
    },
    dead,
    clock: systemClock,
    log: silentLog,
    settings,
  })
  return { store, cut }
}

/** A range that went in, and whose store was killed before it knew. */
async function killedAfterInsert() {
  const here = aPartition(systemClock.now())
  for (let block = 0; block < 4; block += 1) here.add(rows(500))
  const old = deployed(1, {
    async insertNative(insert) {
      await clickhouse.insertNative(insert)
      throw clickHouseFault(new Error('killed'), true)
    },
  })
  await t.rejects(old.store.blocks(here.lease, here.offered()), { code: 'LC_STORE_DOWN' })
  return here
}

async function added(before: readonly number[]): Promise<readonly number[]> {
  return (await sums(clickhouse)).map((sum, index) => sum - (before[index] ?? 0))
}

t.test('a range pinned before a deploy is repeated with the old constants, the next one cut by the new', async t => {
  const before = await sums(clickhouse)
  const here = await killedAfterInsert()
  t.equal(readPin(here.at.metadata)?.settings, 1)
  const { store, cut } = deployed(NEXT)
  await store.assigned(here.lease)
  here.add(rows(500))
  await store.blocks(here.lease, here.offered())
  t.strictSame(await added(before), each(2_500))
  t.strictSame(cut, [versions.get(1)?.max_block_size, 100])
})

t.test('repeated with the new constants it would count again: why the pin names them', async t => {
  const before = await sums(clickhouse)
  const here = await killedAfterInsert()
  here.at.metadata = here.at.metadata.replace(/^(p1 \d+ \d+) 1 /, `$1 ${NEXT} `)
  const { store, cut } = deployed(NEXT)
  await store.blocks(here.lease, here.offered())
  t.strictSame(cut, [100])
  t.ok(((await added(before))[0] ?? 0) > 2_000, `${await added(before)}`)
})
