import { SCHEMA_VERSION, type StoredBlock, type UploadPart } from '../../services/domain/block.ts'

/** A block for tests: no rows, the uploads and the place the test is about. */
export function aBlock(offset: number, logTime: number, uploads: readonly Partial<UploadPart>[] = []): StoredBlock {
  return {
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: 'rev',
      source: 'edge-kong',
      uploads: uploads.map(part => ({ key: 'k', part: 1, of: 1, first: 0, rows: 0, tallies: [], ...part })),
      first: 0,
      last: 0,
    },
    payload: new Uint8Array(0),
    rows: 0,
    partition: 0,
    offset: BigInt(offset),
    logTime,
  }
}
