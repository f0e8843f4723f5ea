import { SCHEMA_VERSION, type StoredBlock } from '../../services/domain/block.ts'
import { BlockBuilder } from '../block/block-builder.ts'

/** A block of one row that every good table takes: where it is refused as well, the tables or the server are at fault. */
export const goodRow: StoredBlock = build()

function build(): StoredBlock {
  const time = Date.UTC(2026, 0, 1)
  const texts = { source: '', api: '', version: '', operation: '', path: '', consumer: '', key: '', agent: '', net: '' }
  const headers = { deprecation: '', sunset: '', link: '', versionHeader: '' }
  const builder = new BlockBuilder()
  builder.add({
    ...texts,
    ...headers,
    time,
    timeKind: 'start',
    received: time,
    matched: 'known',
    mapRev: 0,
    status: 200,
    weight: 1,
    class: 'test',
    durationMs: 0,
    requestId: '',
    truncated: false,
  })
  const { payload, rows, first, last } = builder.take()
  return {
    payload,
    rows,
    headers: { schema: SCHEMA_VERSION, catalogue: '', source: '', uploads: [], first, last },
    partition: 0,
    offset: 0n,
    logTime: time,
  }
}
