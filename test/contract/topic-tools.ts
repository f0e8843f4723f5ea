import { setTimeout as delay } from 'node:timers/promises'
import { aCall } from '../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../ingest/block/block-builder.ts'
import { type Block, SCHEMA_VERSION, type StoredBlock, type UploadPart } from '../../services/domain/block.ts'
import type { Consumption, Lease, Topic, TopicHandler } from '../../services/domain/topic.ts'

/** A block whose rows and headers carry `name`. */
export function block(name: string, rows = 1, uploads: readonly UploadPart[] = []): Block {
  const builder = new BlockBuilder()
  for (let i = 0; i < rows; i++) builder.add(aCall({ requestId: `${name}/${i}` }))
  const built = builder.take()
  const part: UploadPart = {
    key: name,
    part: 1,
    of: 1,
    first: 0,
    rows,
    tallies: [{ hour: 0, outcome: 'call', reason: '', lines: rows }],
  }
  return {
    payload: built.payload,
    rows,
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: 'rev',
      source: name,
      uploads: uploads.length === 0 ? [part] : uploads,
      first: built.first,
      last: built.last,
    },
  }
}

/** What a handler was given, and the means to wait for it. */
export class Seen {
  readonly leases = new Map<number, Lease>()
  readonly revoked: number[] = []
  readonly blocks: StoredBlock[] = []

  /** Names of the blocks of a partition, in the order given. */
  names(partition = 0): string[] {
    return this.blocks.filter(one => one.partition === partition).map(one => one.headers.source)
  }
  lease(partition = 0): Lease {
    const lease = this.leases.get(partition)
    if (lease === undefined) throw new Error(`partition ${partition} was not assigned`)
    return lease
  }
}

type Work = (lease: Lease, blocks: readonly StoredBlock[], seen: Seen) => Promise<void>

/** Commits all it was given. */
export const commitAll: Work = async (lease, blocks) => {
  const last = blocks.at(-1)
  if (last !== undefined) await lease.commit(last.offset + 1n, '')
}

/** Consumes, noting everything before `work` sees it. */
export async function consume(topic: Topic, work: Work = commitAll): Promise<Consumption & { readonly seen: Seen }> {
  const seen = new Seen()
  const handler: TopicHandler = {
    async assigned(lease) {
      seen.leases.set(lease.partition, lease)
    },
    async blocks(lease, blocks) {
      seen.blocks.push(...blocks)
      await work(lease, blocks, seen)
    },
    revoked(partition) {
      seen.revoked.push(partition)
    },
  }
  const consumption = await topic.consume(handler)
  return { seen, stop: () => consumption.stop() }
}

/** Waits until `ready`; gives up after 30 s with what was waited for. */
export async function until(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 3_000; i++) {
    if (await ready()) return
    await delay(10)
  }
  throw new Error(`waited in vain: ${what}`)
}
