import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { queryAsync } from 'chdb'
import t from 'tap'
import { CALL_COLUMNS, type StoredBlock } from '../../services/domain/block.ts'
import { aCall } from './a-call.ts'
import { ORIGIN_COLUMNS, withOrigin } from './append-columns.ts'
import { BlockBuilder } from './block-builder.ts'
import { decodeBlocks, rowsFrom, type Value } from './decode.ts'

const odd = ['\ud800', 'a\0b', '💥', 'é'.repeat(200), '', "'); drop table calls; --"]

function block(from: number, rows: number, offset: bigint): StoredBlock {
  const builder = new BlockBuilder()
  for (let i = from; i < from + rows; i++) {
    builder.add(
      aCall({
        time: Date.UTC(2026, 0, 1) + i,
        path: `/n/${i}${odd[i % odd.length]}`,
        agent: `${odd[i % odd.length]}`,
        consumer: `c${i}`,
        requestId: `r${i}`,
      }),
    )
  }
  const headers = { schema: 1, catalogue: '', source: 'edge-kong', uploads: [], first: 0, last: 0 }
  return { ...builder.take(), headers, partition: 3, offset, logTime: 0 }
}

const shown = (value: Value | undefined) =>
  typeof value === 'string' ? Buffer.from(value).toString('hex').toUpperCase() : `${value}`

t.test('ClickHouse reads blocks one after another as they are written here, and as they are decoded here', async t => {
  const file = join(t.testdir(), 'blocks.native')
  const blocks = [block(0, 3, 7n), block(3, 700, 8n), block(703, 65_600, 2n ** 40n)]
  await writeFile(
    file,
    Buffer.concat(
      blocks.flatMap(one =>
        withOrigin(
          one,
          one.offset === 8n
            ? [
                { first: 0, rows: 2 },
                { first: 699, rows: 1 },
              ]
            : [],
        ),
      ),
    ),
  )
  const columns = [...CALL_COLUMNS, ...ORIGIN_COLUMNS]
  // Text may hold any byte: compared as hex, so that no quoting comes between.
  const list = columns.map(([name, type]) =>
    type.endsWith('String') || type.endsWith('String)') ? `hex(${name})` : name,
  )
  const read = await queryAsync(`select ${list.join()} from file('${file}', 'Native')`, { format: 'TSV' })
  const theirs = read.text().trimEnd().split('\n')
  const mine = decodeBlocks(await readFile(file))
    .flatMap(rowsFrom)
    .map(row => columns.map(([name]) => shown(row.get(name))).join('\t'))
  t.equal(theirs.length, 66_303)
  t.ok(
    theirs.every((line, row) => line === mine[row]),
    'every row alike',
  )
  const types = await queryAsync(`describe table file('${file}', 'Native')`, { format: 'TSV' })
  t.match(types.text(), /time\tInt64\t/)
  t.match(types.text(), /consumer\tLowCardinality\(String\)\t/)
  t.match(types.text(), /offset\tUInt64\t/)
  const sums = await queryAsync(
    `select offset, count(), sum(keep), min(row), max(row), any(topic), any(partition) from file('${file}', 'Native') group by offset order by offset`,
    { format: 'TSV' },
  )
  t.equal(
    sums.text(),
    `7\t3\t3\t0\t2\tlastcall.calls.v1\t3\n8\t700\t697\t0\t699\tlastcall.calls.v1\t3\n${2n ** 40n}\t65600\t65600\t0\t65599\tlastcall.calls.v1\t3\n`,
  )
})
