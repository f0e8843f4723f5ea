import t from 'tap'
import type { StoredBlock } from '../../services/domain/block.ts'
import { aCall } from './a-call.ts'
import { withOrigin } from './append-columns.ts'
import { BlockBuilder } from './block-builder.ts'
import { decodeBlock } from './decode.ts'

function stored(rows: number): StoredBlock {
  const builder = new BlockBuilder()
  for (let i = 0; i < rows; i++) builder.add(aCall({ requestId: `r${i}` }))
  const headers = { schema: 1, catalogue: '', source: 's', uploads: [], first: 0, last: 0 }
  return { ...builder.take(), headers, partition: 2, offset: 41n, logTime: 0 }
}

t.test('the bytes of the columns already there are the ones that were on the topic', async t => {
  const block = stored(3)
  const [header, columns] = withOrigin(block)
  t.same(header, Uint8Array.of(29, 3))
  t.equal(columns?.buffer, block.payload.buffer)
  t.ok(Buffer.from(block.payload.subarray(2)).equals(columns ?? new Uint8Array()))
})

t.test('every row says where it stood, and rows left out say so', async t => {
  const columns = decodeBlock(Buffer.concat(withOrigin(stored(4), [{ first: 1, rows: 2 }], 'other.topic')))
  const tail = Object.fromEntries(columns.slice(-5).map(({ name, values }) => [name, values]))
  t.same(tail, {
    topic: Array(4).fill('other.topic'),
    partition: [2, 2, 2, 2],
    offset: [41n, 41n, 41n, 41n],
    row: [0, 1, 2, 3],
    keep: [1, 0, 0, 1],
  })
})

t.test('a range that reaches beyond the block leaves out what is inside it', async t => {
  const keep = decodeBlock(
    Buffer.concat(
      withOrigin(stored(3), [
        { first: 2, rows: 9 },
        { first: 7, rows: 1 },
      ]),
    ),
  ).at(-1)
  t.same(keep?.values, [1, 1, 0])
})

t.test('a block without rows gives nothing to write', async t => {
  t.same(withOrigin(stored(0)), [])
})

t.test('a block that does not read is refused, not guessed', async t => {
  t.throws(() => withOrigin({ ...stored(1), payload: Uint8Array.of(0x80) }), { code: 'LC_BLOCK_UNREADABLE' })
})
