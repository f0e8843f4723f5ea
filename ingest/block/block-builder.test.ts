import t from 'tap'
import { CALL_COLUMNS } from '../../services/domain/block.ts'
import { aCall } from './a-call.ts'
import { BlockBuilder } from './block-builder.ts'
import { decodeBlock, rowsFrom } from './decode.ts'

t.test('a call comes out of its block as it went in, under the column names of the topic', async t => {
  const builder = new BlockBuilder()
  const call = aCall({
    deprecation: '@1',
    sunset: 'Sat, 19 Dec 2026 23:00:00 GMT',
    link: '<x>',
    versionHeader: '1',
    truncated: true,
    key: 'p:1',
  })
  builder.add(call)
  const { payload, rows, first, last } = builder.take()
  t.same([rows, first, last], [1, call.time, call.time])
  const columns = decodeBlock(payload)
  t.same(
    columns.map(({ name, type }) => [name, type]),
    CALL_COLUMNS.map(pair => [...pair]),
  )
  t.same(Object.fromEntries(rowsFrom(columns)[0] ?? []), {
    time: call.time,
    time_kind: 1,
    received: Math.floor(call.received / 1000),
    source: call.source,
    api: call.api,
    version: call.version,
    operation: call.operation,
    matched: 1,
    map_rev: call.mapRev,
    path: call.path,
    consumer: call.consumer,
    key: call.key,
    agent: call.agent,
    net: call.net,
    status: 200,
    weight: 1,
    class: 1,
    duration_ms: 12,
    request_id: call.requestId,
    deprecation: '@1',
    sunset: call.sunset,
    link: call.link,
    version_header: '1',
    truncated: 1,
  })
})

t.test('words become the numbers the tables know', async t => {
  const builder = new BlockBuilder()
  builder.add(aCall({ timeKind: 'logged', matched: 'inferred', class: 'test' }))
  const row = rowsFrom(decodeBlock(builder.take().payload))[0]
  t.same([row?.get('time_kind'), row?.get('matched'), row?.get('class')], [2, 2, 2])
})

t.test('lone surrogates, NULs, emoji and long texts encode, and their neighbours are untouched', async t => {
  const builder = new BlockBuilder()
  const odd = [
    '\ud800',
    '\udc00x',
    'a\0b',
    '💥é',
    'é'.repeat(127),
    'x'.repeat(128),
    'ü'.repeat(512),
    '/plain',
    '',
    'x'.repeat(100_000),
  ]
  for (const text of odd) builder.add(aCall({ path: text, agent: text, requestId: text }))
  const rows = rowsFrom(decodeBlock(builder.take().payload))
  const expected = odd.map(text => Buffer.from(text).toString())
  for (const name of ['path', 'agent', 'request_id']) {
    t.same(
      rows.map(row => row.get(name)),
      expected,
      name,
    )
  }
})

t.test('a dictionary of more than 256 and more than 65,536 texts is read back', async t => {
  const builder = new BlockBuilder()
  for (const count of [256, 257, 65_535, 66_000]) {
    for (let i = 0; i < count; i++) builder.add(aCall({ consumer: `c${i}` }))
    const consumers = decodeBlock(builder.take().payload).find(column => column.name === 'consumer')?.values
    t.equal(consumers?.length, count)
    t.ok(consumers?.every((value, row) => value === `c${row}`))
  }
})

t.test('numbers outside a column become the nearest one inside it', async t => {
  const builder = new BlockBuilder()
  builder.add(aCall({ durationMs: Number.NaN, status: -1, weight: 1e12 }))
  builder.add(aCall({ durationMs: Number.POSITIVE_INFINITY, status: 70_000, weight: 2.9 }))
  const rows = rowsFrom(decodeBlock(builder.take().payload))
  t.same(
    rows.map(row => ['duration_ms', 'status', 'weight'].map(name => row.get(name))),
    [
      [0, 0, 4_294_967_295],
      [4_294_967_295, 65_535, 2],
    ],
  )
})

t.test('a builder forgets a block when it is taken', async t => {
  const builder = new BlockBuilder()
  t.same(builder.take(), { payload: new Uint8Array(0), rows: 0, first: 0, last: 0 })
  builder.add(aCall({ time: 2_000 }))
  builder.add(aCall({ time: 1_000, agent: 'first-only' }))
  const one = builder.take()
  t.same([one.rows, one.first, one.last, builder.rows, builder.bytes], [2, 1_000, 2_000, 0, 0])
  const copy = Buffer.from(one.payload)
  builder.add(aCall({ time: 5_000 }))
  const two = builder.take()
  t.same([two.rows, two.first, two.last], [1, 5_000, 5_000])
  t.notOk(Buffer.from(two.payload).includes('first-only'))
  t.ok(copy.equals(one.payload), 'what was taken is not written to again')
})

t.test('the estimate is what the block takes', async t => {
  const builder = new BlockBuilder()
  for (let i = 0; i < 500; i++) builder.add(aCall({ path: `/a/${i}`, agent: `agent ${i}` }))
  const estimate = builder.bytes
  t.ok(Math.abs(builder.take().payload.length - estimate) < 10)
})
