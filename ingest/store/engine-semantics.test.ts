import t from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { INSERT_SETTINGS } from './insert.ts'
import { encodeRows } from './native-rows.ts'

/** What the exactly-once store stands on, asked of the engine itself: an update that changes one of these must be seen. */
const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())

const REMEMBERS = 'SETTINGS non_replicated_deduplication_window = 1000'
await clickhouse.command('CREATE TABLE entry (n UInt32, month UInt32) ENGINE = Null')
await clickhouse.command(
  `CREATE TABLE raw (n UInt32, month UInt32) ENGINE = MergeTree PARTITION BY month ORDER BY n ${REMEMBERS}`,
)
await clickhouse.command('CREATE MATERIALIZED VIEW raw_mv TO raw AS SELECT * FROM entry')
await clickhouse.command(
  `CREATE TABLE rollup (month UInt32, rows SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY month ${REMEMBERS}`,
)
await clickhouse.command(
  'CREATE MATERIALIZED VIEW rollup_mv TO rollup AS SELECT month, count() AS rows FROM entry GROUP BY month',
)

const block = (values: readonly number[], month = 1) =>
  encodeRows([
    { name: 'n', type: 'UInt32', values },
    { name: 'month', type: 'UInt32', values: values.map(() => month) },
  ])

async function insert(
  token: string,
  blocks: readonly Uint8Array[],
  over: Record<string, string | number> = {},
): Promise<void> {
  const settings = { ...INSERT_SETTINGS.get(1), insert_deduplication_token: token, ...over }
  const structure = 'n UInt32, month UInt32'
  await clickhouse.insertNative({
    into: 'entry',
    columns: ['n', 'month'],
    select: ['n', 'month'],
    structure,
    settings,
    blocks,
  })
}

async function sums(): Promise<readonly number[]> {
  const [row] = await clickhouse.query(
    'SELECT (SELECT count() FROM raw) AS raw_rows, (SELECT sum(rows) FROM rollup) AS rolled_rows',
    {},
    { raw_rows: count, rolled_rows: count },
  )
  return [row?.raw_rows ?? -1, row?.rolled_rows ?? -1]
}
const empty = async () => {
  await clickhouse.command('TRUNCATE TABLE raw')
  await clickhouse.command('TRUNCATE TABLE rollup')
}

t.test('an insert repeated under its token changes nothing, in no table', async t => {
  await empty()
  for (let time = 0; time < 3; time += 1) await insert('a', [block([1, 2]), block([3], 2)])
  t.strictSame(await sums(), [3, 3])
})

t.test('the same token over other pieces counts again: a range must be repeated with its boundaries', async t => {
  await empty()
  await insert('b', [block([1, 2]), block([3])])
  await insert('b', [block([1, 2])])
  t.not((await sums()).join(), '3,3', 'were this equal, boundaries would not matter any more')
})

t.test('without the setting for views every table counts a repeat: it must be said', async t => {
  await empty()
  const over = { deduplicate_blocks_in_dependent_materialized_views: 0 }
  for (let time = 0; time < 2; time += 1) await insert('c', [block([1, 2, 3])], over)
  t.strictSame(await sums(), [6, 6])
})

t.test('a view that fails half-way leaves tables apart, and the same insert again mends them', async t => {
  await empty()
  await clickhouse.command(`CREATE TABLE broken (n UInt32) ENGINE = MergeTree ORDER BY n ${REMEMBERS}`)
  await clickhouse.command(
    "CREATE MATERIALIZED VIEW broken_mv TO broken AS SELECT n + throwIf(n = 2, 'no') AS n FROM entry",
  )
  await t.rejects(insert('d', [block([1, 2, 3])]), /no/)
  await clickhouse.command('DROP VIEW broken_mv')
  await insert('d', [block([1, 2, 3])])
  await insert('d', [block([1, 2, 3])])
  t.strictSame(await sums(), [3, 3])
})

t.test('what the window forgets counts twice: parts are counted, not inserts', async t => {
  await empty()
  await clickhouse.command('ALTER TABLE raw MODIFY SETTING non_replicated_deduplication_window = 10')
  await insert('e', [block([1])])
  for (let other = 0; other < 3; other += 1) {
    await insert(
      `e${other}`,
      [1, 2, 3, 4].map(month => block([10 + other], month)),
    )
  }
  await insert('e', [block([1])])
  t.strictSame(
    await sums(),
    [14, 13],
    'after 3 inserts of 4 parts, raw has forgotten; the rollup, with a larger window, has not',
  )
})

t.test('one refused row keeps a whole insert out of every table, also when it comes last', async t => {
  await empty()
  await clickhouse.command(
    'CREATE TABLE strict (n UInt32, month UInt32, CONSTRAINT small CHECK n < 100000) ENGINE = Null',
  )
  await clickhouse.command('CREATE MATERIALIZED VIEW strict_mv TO raw AS SELECT * FROM strict')
  const many = Array.from({ length: 120 }, (_, index) =>
    block(Array.from({ length: 1_000 }, (_, n) => n + index * 800)),
  )
  const settings = { ...INSERT_SETTINGS.get(1), insert_deduplication_token: 'f' }
  const structure = 'n UInt32, month UInt32'
  const strict = { into: 'strict', columns: ['n', 'month'], select: ['n', 'month'], structure, settings }
  await t.rejects(clickhouse.insertNative({ ...strict, blocks: [...many, block([100_000])] }), {
    code: 'LC_STORE_REFUSED',
  })
  t.strictSame(await sums(), [0, 0])
  await clickhouse.insertNative({ ...strict, blocks: many })
  t.strictSame(await sums(), [120_000, 0], 'the token was not used up')
})
