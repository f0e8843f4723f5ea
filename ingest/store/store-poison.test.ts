import t from 'tap'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aPartition, bad, each, rows, sums } from './a-partition.ts'
import { migrate } from './migrate.ts'
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

const NOW = systemClock.now()
const storeOn = (over: Partial<ClickHouse>) =>
  createStore({ clickhouse: { ...clickhouse, ...over }, dead, clock: systemClock, log: silentLog })

async function added(before: readonly number[]): Promise<readonly number[]> {
  return (await sums(clickhouse)).map((sum, index) => sum - (before[index] ?? 0))
}

t.test('a trickle of refused rows, each range below the limit of one, stops as well', async t => {
  const before = await sums(clickhouse)
  const letters = await dead.count()
  const here = aPartition(NOW)
  const store = storeOn({})
  const twenty = async () => {
    here.add(rows(20, bad))
    await store.blocks(here.lease, here.offered())
  }
  for (let range = 0; range < 5; range += 1) await twenty()
  await t.rejects(twenty(), { code: 'LC_STORE_POISON' })
  t.equal((await dead.count()) - letters, 100)
  t.strictSame(await added(before), each(0, 100))
  t.equal(here.at.offset, 5n)
})

t.test('a server that refuses good rows as well has none of them set aside, however few they are', async t => {
  const before = await sums(clickhouse)
  const letters = await dead.count()
  const here = aPartition(NOW)
  here.add(rows(3))
  // As after an update that no longer takes what an insert names: a fault of a number that rows can cause, too.
  const store = storeOn({
    insertNative: insert => clickhouse.insertNative({ ...insert, structure: '`time` Nonsense' }),
  })
  await t.rejects(store.blocks(here.lease, here.offered()), { code: 'LC_STORE_POISON' })
  t.equal(await dead.count(), letters)
  await storeOn({}).blocks(here.lease, here.offered())
  t.strictSame(await added(before), each(3))
})

t.test(
  'blocks offered again after a range was cut shorter are judged by their own time, not by that of later ones',
  async t => {
    const before = await sums(clickhouse)
    const here = aPartition(NOW)
    for (let block = 0; block < 8; block += 1) {
      const one = Array.from({ length: 3_000 }, (_, row) => (row % 23 === 7 ? bad : {}))
      here.add(one, block === 0 || block === 4 ? { key: `again-${here.number}` } : {})
    }
    // Twenty-five minutes apart: the fifth is a repeat of the first, and would be none at the time of the last.
    here.log.forEach((block, index) => {
      here.log[index] = { ...block, logTime: NOW + index * 1_500_000 }
    })
    const store = storeOn({})
    await store.blocks(here.lease, here.offered())
    t.ok(here.at.offset > 0n && here.at.offset <= 4n, `cut shorter, to ${here.at.offset}`)
    while (here.at.offset < 8n) await store.blocks(here.lease, here.offered())
    t.strictSame(await added(before), each(7 * 2_869, 7 * 131))
  },
)
