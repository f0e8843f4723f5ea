import t from 'tap'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { clickHouseFault } from '../../services/platform/clickhouse-errors.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aPartition, bad, each, rows, sums as sumsOf } from './a-partition.ts'
import { forgetUploads } from './forget-uploads.ts'
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

const NOW = systemClock.now()
const partition = () => aPartition(NOW)

/** What this test added to every table, and to the tallies as calls and as dead. */
async function added(before: readonly number[]): Promise<readonly number[]> {
  return (await sums()).map((sum, index) => sum - (before[index] ?? 0))
}
const sums = () => sumsOf(clickhouse)

function storeOn(clickhouse: ClickHouse, now = systemClock.now) {
  return createStore({ clickhouse, dead, clock: { ...systemClock, now }, log: silentLog })
}

t.test('an insert that fails anywhere, before or after it took effect, is repeated alike until it stands', async t => {
  const before = await sums()
  const here = partition()
  for (let block = 0; block < 3; block += 1) here.add(rows(10))
  for (const into of ['calls_in', 'tallies_in', 'uploads']) {
    for (const when of ['before', 'after'] as const) {
      const store = storeOn({
        ...clickhouse,
        async insertNative(insert) {
          if (insert.into !== into) return clickhouse.insertNative(insert)
          if (when === 'after') await clickhouse.insertNative(insert)
          throw clickHouseFault(new Error('connection reset'), true)
        },
      })
      await t.rejects(store.blocks(here.lease, here.offered()), { code: 'LC_STORE_DOWN' }, `${into} ${when}`)
      t.equal(store.wanted?.(here.number), undefined, 'after a fault nothing is remembered')
      await store.assigned(here.lease)
      t.equal(store.wanted?.(here.number), 2n, 'the pin asks for the whole range')
      // What came in since must not join the pinned range.
      here.add(rows(1))
    }
  }
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  t.strictSame(here.at, { offset: 9n, metadata: '', ours: true })
  t.strictSame(await added(before), each(36))
})

t.test('nothing is inserted under a lease that is not ours any more', async t => {
  const before = await sums()
  const here = partition()
  here.add(rows(3))
  here.at.ours = false
  await t.rejects(storeOn(clickhouse).blocks(here.lease, here.offered()), { code: 'LC_TOPIC_FENCED' })
  t.strictSame(await added(before), each(0))
})

t.test('a group whose offset went back below what is stored stops instead of counting twice', async t => {
  const before = await sums()
  const here = partition()
  for (let block = 0; block < 3; block += 1) here.add(rows(5))
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  here.at.offset = 1n
  const store = storeOn(clickhouse)
  await t.rejects(store.assigned(here.lease), { code: 'LC_STORE_BEHIND' })
  await t.rejects(store.blocks(here.lease, here.offered()), { code: 'LC_STORE_BEHIND' })
  t.strictSame(await added(before), each(15))
})

t.test('more refused rows than one pin holds are set aside range by range', async t => {
  const before = await sums()
  const letters = await dead.count()
  const here = partition()
  // Alternating bad rows make no runs: one block nearly fills a pin.
  for (let block = 0; block < 6; block += 1) {
    here.add(Array.from({ length: 3_000 }, (_, row) => (row % 20 === 7 ? bad : {})))
  }
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  t.ok(here.at.offset > 0n && here.at.offset < 6n, 'the first range was cut shorter')
  while (here.at.offset < 6n) await storeOn(clickhouse).blocks(here.lease, here.offered())
  t.strictSame(await added(before), each(6 * 2_850, 6 * 150))
  t.equal((await dead.count()) - letters, 6 * 150)
})

t.test('when a large share is refused the line stops before it is all set aside', async t => {
  const before = await sums()
  const letters = await dead.count()
  const here = partition()
  here.add([...rows(30, bad), ...rows(30)])
  await t.rejects(storeOn(clickhouse).blocks(here.lease, here.offered()), { code: 'LC_STORE_POISON' })
  t.equal(here.at.offset, 0n)
  t.equal(await dead.count(), letters)
  t.strictSame(await added(before), each(0))
})

t.test('a block that does not read at all is told, not guessed', async t => {
  const here = partition()
  here.add(rows(40))
  const [whole] = here.log
  if (whole !== undefined) here.log[0] = { ...whole, payload: whole.payload.subarray(0, whole.payload.length - 30) }
  await t.rejects(storeOn(clickhouse).blocks(here.lease, here.offered()), { code: 'LC_STORE_POISON' })
})

t.test('refused rows of a repeat are not set aside again', async t => {
  const before = await sums()
  const letters = await dead.count()
  const here = partition()
  here.add([...rows(5), bad], { key: 'same' })
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  here.add([...rows(5), bad], { key: 'same' })
  here.add([...rows(3), bad])
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  t.strictSame(await added(before), each(8, 2))
  t.equal((await dead.count()) - letters, 2)
})

t.test(
  'a range of a followed file that straddles what was stored is set aside whole, its neighbours go on',
  async t => {
    const before = await sums()
    const letters = await dead.count()
    const here = partition()
    const file = `file-${here.number}`
    here.add(rows(4), { key: file, from: 0, part: 100, of: 0 })
    here.add(rows(4), { key: file, from: 0, part: 100, of: 0 })
    here.add(rows(6), { key: file, from: 50, part: 150, of: 0 })
    here.add(rows(2))
    here.add(rows(3), { key: file, from: 150, part: 170, of: 0 })
    await storeOn(clickhouse).blocks(here.lease, here.offered())
    t.strictSame(await added(before), each(9, 6))
    t.equal((await dead.count()) - letters, 6)
  },
)

t.test('uploads are forgotten a day behind the slowest partition, by the log’s own time', async t => {
  await clickhouse.command('TRUNCATE TABLE uploads')
  const days = async () => {
    const sql =
      'SELECT DISTINCT toYYYYMMDD(log_time) % 100 AS day FROM uploads WHERE positioned = {p:UInt8} ORDER BY day'
    return async (p: number) => (await clickhouse.query(sql, { p }, { day: count })).map(row => row.day)
  }
  const put = (partition: number, positioned: number, from: string, days: number) =>
    clickhouse.command(
      'INSERT INTO uploads (partition, positioned, log_time) SELECT {partition:UInt32}, {positioned:UInt8}, toDateTime64({from:String}, 3) + toIntervalDay(number) FROM numbers({days:UInt8})',
      { partition, positioned, from, days },
    )
  t.equal(await forgetUploads(clickhouse), 0, 'nothing to forget')
  await put(0, 0, '2026-11-01 12:00:00', 20)
  await put(0, 1, '2026-11-01 12:00:00', 3)
  await put(1, 0, '2026-11-10 00:30:00', 1)
  t.equal(await forgetUploads(clickhouse), 7)
  const left = await days()
  t.strictSame(await left(0), [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], 'partition 1 stands at the 10th')
  t.strictSame(await left(1), [1, 2, 3], 'positions are kept')
  await put(1, 0, '2026-11-20 12:00:00', 1)
  await forgetUploads(clickhouse)
  t.strictSame(await left(0), [19, 20])
})

t.test('a pin is refused when its rows are gone, when it is too old, and when too much was stored since', async t => {
  const here = partition()
  here.add(rows(2))
  here.add(rows(2))
  const failing = storeOn({
    ...clickhouse,
    insertNative: () => Promise.reject(clickHouseFault(new Error('gone'), true)),
  })
  await t.rejects(failing.blocks(here.lease, here.offered()), { code: 'LC_STORE_DOWN' })
  t.equal(readPin(here.at.metadata)?.last, 1n)
  await t.rejects(storeOn(clickhouse).blocks(here.lease, here.log.slice(0, 1)), { code: 'LC_STORE_PIN_SHORT' })
  const later = (ms: number) => () => systemClock.now() + ms
  await t.rejects(storeOn(clickhouse, later(91 * 86_400_000)).blocks(here.lease, here.offered()), {
    code: 'LC_STORE_PIN_OLD',
  })
  await clickhouse.command(
    'INSERT INTO uploads (partition, log_time, stored_at, parts) SELECT 999, now64(3), toDateTime({at:UInt32}), 90000',
    { at: Math.floor(NOW / 1000) },
  )
  await t.rejects(storeOn(clickhouse, later(60_000)).blocks(here.lease, here.offered()), { code: 'LC_STORE_PIN_OLD' })
  await clickhouse.command('TRUNCATE TABLE uploads')
  await storeOn(clickhouse, later(60_000)).blocks(here.lease, here.offered())
  t.equal(here.at.offset, 2n)
})

t.test('a pin of a version that cuts inserts otherwise is refused, not repeated differently', async t => {
  const here = partition()
  here.add(rows(1))
  for (const metadata of ['p1 0 1 99 7200000 0 ', 'p1 0 2 1 7200000 0 ', 'p1 0 1 1 3600000 0 ', 'p9']) {
    here.at.metadata = metadata
    await t.rejects(storeOn(clickhouse).assigned(here.lease), { code: 'LC_PIN_UNREADABLE' }, metadata)
  }
})

t.test('a log whose clock went back is read as if it had stood still: a repeat stays a repeat', async t => {
  const before = await sums()
  const here = partition()
  here.add(rows(3), { key: 'again' })
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  here.add(rows(3), { key: 'again' })
  const [, again] = here.log
  if (again !== undefined) here.log[1] = { ...again, logTime: NOW - 10 * 86_400_000 }
  await storeOn(clickhouse).blocks(here.lease, here.offered())
  t.strictSame(await added(before), each(3))
})
