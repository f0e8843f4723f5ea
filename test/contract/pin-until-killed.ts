import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'

/**
 * A store that does nothing but keep the protocol: pins a range of random length, "inserts" it as an empty file of
 * that name (the same range again is the same file, as the same token is the same insert), commits. Runs until killed.
 */
const [address = '', name = '', sink = ''] = process.argv.slice(2)
const topic = await openKafkaTopic({
  kafka: { brokers: [address], clientId: `worker-${process.pid}`, requestTimeoutMs: 3_000 },
  clock: systemClock,
  log: silentLog,
  partitions: 3,
  topic: name,
  group: name,
  gatherMs: 5,
  sessionMs: 1_500,
})
const pins = new Map<number, bigint>()
const pinOf = (metadata: string) => (metadata === '' ? undefined : BigInt(metadata))
await topic.consume({
  async assigned(lease) {
    const pin = pinOf((await lease.committed()).metadata)
    if (pin === undefined) pins.delete(lease.partition)
    else pins.set(lease.partition, pin)
  },
  wanted: partition => pins.get(partition),
  async blocks(lease, blocks) {
    const { offset, metadata } = await lease.committed()
    const last = pinOf(metadata) ?? offset + BigInt(Math.floor(Math.random() * blocks.length))
    pins.set(lease.partition, last)
    if (metadata === '') await lease.commit(offset, String(last))
    const from = blocks[0]?.offset ?? -1n
    if (from !== offset || !blocks.some(block => block.offset === last))
      throw new Error(`offered ${from}…, wanted ${offset} to ${last}`)
    await delay(Math.random() * 30)
    const file = join(sink, `${lease.partition} ${offset} ${last}`)
    if (!existsSync(file)) writeFileSync(file, '')
    await lease.commit(last + 1n, '')
    pins.delete(lease.partition)
  },
  revoked(partition) {
    pins.delete(partition)
  },
})
