import { gunzipSync } from 'node:zlib'
import { Collector } from '../../ingest/collect/collector.ts'
import { createKeyDigest } from '../../ingest/normalise/key-digest.ts'
import { loadConfig } from '../../services/config/load.ts'
import type { Block } from '../../services/domain/block.ts'
import type { Topic } from '../../services/domain/topic.ts'
import { pepperOf } from '../../services/platform/pepper.ts'
import type { Body } from '../push.ts'
import { PARTITIONS } from './ground.ts'

export interface Placed {
  readonly partition: number
  readonly blocks: readonly Block[]
}

/** The blocks a collector makes of these bodies, as it would append them. `config`: the file of a process of the bench. */
export async function blocksOf(bodies: readonly Body[], config: string): Promise<Placed[]> {
  const { catalogue } = await loadConfig(config, { environment: {} })
  const source = catalogue?.sources.get('edge')
  if (catalogue === undefined || source === undefined) throw new Error('the bench has a configuration of its own')
  const placed: Placed[] = []
  const pepper = pepperOf(Buffer.from('fake-pepper-of-a-bench-'.repeat(2)))
  const collector = new Collector({
    topic: recorder(placed),
    catalogue,
    digest: createKeyDigest({ current: pepper, earlier: [] }),
  })
  for (const [index, { gzip }] of bodies.entries())
    await collector.takeBody(source, index.toString(16).padStart(64, '0'), gunzipSync(gzip), Date.now())
  return placed
}

/** Keeps what it is given. */
function recorder(placed: Placed[]): Topic {
  return {
    partitions: PARTITIONS,
    append: async (partition, blocks) => void placed.push({ partition, blocks }),
    accepts: () => true,
    consume: () => Promise.reject(new Error('nothing to consume')),
    ends: async () => [],
    close: async () => {},
  }
}
