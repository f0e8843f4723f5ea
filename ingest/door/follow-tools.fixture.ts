import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { StoredBlock } from '../../services/domain/block.ts'
import type { Topic } from '../../services/domain/topic.ts'
import { decodeBlock, rowsFrom } from '../block/decode.ts'
import { readTopic } from '../topic/sqlite-reader.ts'
import { UploadMemory } from '../topic/upload-memory.ts'
import type { ChildOptions } from './follow-child.fixture.ts'

const CHILD = join(import.meta.dirname, 'follow-child.fixture.ts')

/** Starts one; resolves when it follows. */
export async function startChild(options: ChildOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  return child
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}

export interface Counted {
  /** How often each request id counts, repeats left out as the store leaves them out. */
  readonly ids: ReadonlyMap<string, number>
  readonly repeats: number
  readonly straddles: number
  readonly parts: number
}

/** Blocks of a topic, judged as the store judges them. */
export async function count(blocks: readonly StoredBlock[]): Promise<Counted> {
  const ids = new Map<string, number>()
  const seen = { new: 0, repeat: 0, straddles: 0 }
  for (const partition of new Set(blocks.map(block => block.partition))) {
    const memory = new UploadMemory({ ask: async () => [] })
    const own = blocks.filter(block => block.partition === partition)
    const verdicts = await memory.judge(own)
    own.forEach((block, b) => {
      const rows = rowsFrom(decodeBlock(block.payload))
      block.headers.uploads.forEach((part, p) => {
        const verdict = verdicts[b]?.[p] ?? 'new'
        seen[verdict] += 1
        if (verdict !== 'new') return
        for (const row of rows.slice(part.first, part.first + part.rows)) {
          const id = String(row.get('request_id'))
          ids.set(id, (ids.get(id) ?? 0) + 1)
        }
      })
    })
  }
  return { ids, repeats: seen.repeat, straddles: seen.straddles, parts: seen.new + seen.repeat + seen.straddles }
}

/** What stands on the topic of a folder, also while its process works. */
export function sqliteBlocks(folder: string): readonly StoredBlock[] {
  const topic = readTopic(folder)
  try {
    return Array.from({ length: topic.partitions }, (_, partition) => topic.read(partition, 0n, 100_000)).flat()
  } finally {
    topic.close()
  }
}

/** All blocks of a topic whose group has committed nothing. */
export async function topicBlocks(topic: Topic): Promise<readonly StoredBlock[]> {
  const ends = await topic.ends()
  const wanted = Number(ends.reduce((sum, end) => sum + end, 0n))
  const blocks = new Map<string, StoredBlock>()
  if (wanted === 0) return []
  const all = Promise.withResolvers<void>()
  const consumption = await topic.consume({
    async assigned() {},
    async blocks(lease, some) {
      for (const block of some) blocks.set(`${block.partition}/${block.offset}`, block)
      if (blocks.size >= wanted) all.resolve()
      const last = some.at(-1)
      if (last !== undefined) await lease.commit(last.offset + 1n, '')
    },
    revoked() {},
  })
  await all.promise
  await consumption.stop()
  return [...blocks.values()].sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
}
