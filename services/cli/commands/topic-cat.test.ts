import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { aCall } from '../../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../../ingest/block/block-builder.ts'
import { openSqliteTopic } from '../../../ingest/topic/sqlite-topic.ts'
import type { Block } from '../../domain/block.ts'
import { systemClock } from '../../platform/clock.ts'
import { topicCat } from './topic-cat.ts'

function blockOf(paths: readonly string[], over: Partial<Block['headers']> = {}): Block {
  const builder = new BlockBuilder()
  for (const path of paths) builder.add(aCall({ path, requestId: path }))
  const { payload, rows, first, last } = builder.take()
  const uploads = [
    {
      key: 'abc123',
      part: 1,
      of: 1,
      first: 0,
      rows,
      tallies: [{ hour: 0, outcome: 'call' as const, reason: '', lines: rows }],
    },
  ]
  return {
    payload,
    rows,
    headers: { schema: 1, catalogue: 'rev1', source: 'edge-kong', uploads, first, last, ...over },
  }
}

async function cat(values: Record<string, string | boolean>): Promise<string> {
  let out = ''
  const status = await topicCat.run({
    values,
    positionals: [],
    stdout: text => {
      out += text
    },
    stderr: () => {},
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: AbortSignal.timeout(60_000),
  })
  return status === 0 ? out : `status ${status}`
}

async function filled(t: Test, close: boolean): Promise<string> {
  const data = t.testdir()
  const topic = await openSqliteTopic({ folder: data, clock: systemClock })
  t.teardown(() => topic.close())
  await topic.append(0, [
    blockOf(['/a', '/b\u001b[31m\u202e', '/c', '/d', '/e', '/f']),
    blockOf([], { uploads: [], heartbeat: { through: Date.UTC(2026, 0, 1) } }),
  ])
  await topic.append(2, [blockOf(['/second'])])
  if (close) await topic.close()
  return data
}

t.test('topic cat shows blocks to people, rows first ones only, while a process writes to the topic', async t => {
  const data = await filled(t, false)
  const out = await cat({ data })
  const lines = out.split('\n')
  t.match(lines[0], /^0\/0 {2}20\d\d-.*Z {2}source edge-kong {2}catalogue rev1 {2}6 rows$/)
  t.equal(lines[1], '  upload abc123  part 1 of 1  call 6')
  t.equal(lines[2], '  2026-08-15T12:00:00.000Z  200  POST /v1/content/{}/generate  kong:consumer:acme  /a')
  t.match(out, '\n  … 1 more rows\n')
  t.match(out, '\n  heartbeat: read up to 2026-01-01T00:00:00.000Z\n')
  t.match(out, '/second')
})

t.test('topic cat lets no text of a log move the cursor', async t => {
  const out = await cat({ data: await filled(t, true) })
  t.notMatch(out, /[\u001b\u202e]/)
  t.match(out, '/b\\u{1b}[31m\\u{202e}')
})

t.test('topic cat --json gives one object a block, with every row', async t => {
  const out = await cat({ data: await filled(t, true), json: true, partition: '0', limit: '1' })
  const block = JSON.parse(out)
  t.same([block.partition, block.offset, block.headers.source, block.rows.length], [0, 0, 'edge-kong', 6])
  t.equal(block.rows[5].path, '/f')
})

t.test('topic cat --from and --partition choose', async t => {
  const data = await filled(t, true)
  t.match(await cat({ data, partition: '0', from: '1' }), /^0\/1 /)
  t.equal(await cat({ data, partition: '0', from: '2' }), '')
  await t.rejects(cat({ data, partition: '9' }), { code: 'LC_CLI_FLAGS', exit: 2 })
  await t.rejects(cat({ data, limit: '-1' }), { code: 'LC_CLI_FLAGS', exit: 2 })
})

t.test('topic cat says so when there is no topic, and makes none', async t => {
  const data = t.testdir()
  await t.rejects(cat({ data }), { code: 'LC_TOPIC_ABSENT', exit: 2 })
  t.same(readdirSync(data), [])
})
