import { setTimeout as delay } from 'node:timers/promises'
import { aCall } from '../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../ingest/block/block-builder.ts'
import { partitionOf, uploadKeyOf } from '../../ingest/topic/repeats.ts'
import { type Block, SCHEMA_VERSION } from '../../services/domain/block.ts'
import type { Topic } from '../../services/domain/topic.ts'

/** Rows of one poisoned upload; one of them no table takes. */
export const POISON_ROWS = 40

/** An upload of which one row has a time that the tables refuse. No collector lets such a row pass: it is put on the topic by hand. */
export function poisonUpload(number: number, now: number): { readonly key: string; readonly block: Block } {
  const key = uploadKeyOf({ source: 'poison', senderId: `poison-${number}` })
  const builder = new BlockBuilder()
  for (let row = 0; row < POISON_ROWS; row += 1) {
    const time = row === 11 ? Date.UTC(2150, 0, 1) : now - row * 1_000
    builder.add(aCall({ time, received: now, source: 'poison', requestId: `poison-${number}-${row}` }))
  }
  const { payload, first, last } = builder.take()
  const tallies = [{ hour: now - (now % 3_600_000), outcome: 'call' as const, reason: '', lines: POISON_ROWS }]
  const uploads = [{ key, part: 1, of: 1, first: 0, rows: POISON_ROWS, tallies }]
  const headers = { schema: SCHEMA_VERSION, catalogue: 'crash', source: 'poison', uploads, first, last }
  return { key, block: { payload, rows: POISON_ROWS, headers } }
}

/** Appends poisoned uploads one after another, each again until it is acknowledged. */
export async function appendPoison(topic: Topic, uploads: number, now: number, pauseMs: number): Promise<void> {
  for (let number = 0; number < uploads; number += 1) {
    const { key, block } = poisonUpload(number, now)
    for (;;) {
      try {
        await topic.append(partitionOf(key, topic.partitions), [block])
        break
      } catch {
        await delay(200)
      }
    }
    await delay(pauseMs)
  }
}
