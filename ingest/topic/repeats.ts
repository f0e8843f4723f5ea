import { createHash } from 'node:crypto'
import { REPEAT_WINDOW_MS, type StoredBlock, type UploadPart } from '../../services/domain/block.ts'

/** How long the highest end of a source with positions counts after it was last seen. */
export const POSITION_MEMORY_MS = 90 * 86_400_000

/** What makes an upload the same when it comes again; see `uploadKeyOf`. */
export type UploadIdentity =
  /** The sender names it: `Idempotency-Key`, Firehose's request id. */
  | { readonly source: string; readonly senderId: string }
  /** It is known by its bytes. `bodyDigest` is of the decoded body; `credential` a digest, '' when none. */
  | { readonly source: string; readonly credential: string; readonly bodyDigest: string }
  /** Never sent again: syslog, stdin, gRPC streams. `process` is new at every start. */
  | { readonly source: string; readonly process: string; readonly counter: number }
  /** A source with positions: a followed file (with the truncations seen), an imported file's digest. */
  | { readonly source: string; readonly identity: string }

/**
 * The upload key, SHA-256 in hex. Every field goes in with its length and the kind of identity leads, so that no
 * two kinds and no two ways of cutting the same text can meet.
 */
export function uploadKeyOf(of: UploadIdentity): string {
  if ('senderId' in of) return digest('sender', of.source, of.senderId)
  if ('bodyDigest' in of) return digest('body', of.source, of.credential, of.bodyDigest)
  if ('process' in of) return digest('stream', of.source, of.process, String(of.counter))
  return digest('positions', of.source, of.identity)
}

function digest(...fields: readonly string[]): string {
  const hash = createHash('sha256').update('lastcall.upload.v1')
  for (const field of fields) hash.update(`\n${Buffer.byteLength(field)}:`).update(field)
  return hash.digest('hex')
}

/**
 * Where an upload goes, from 0 to partitions − 1: FNV-1a (32 bits) over the key's UTF-8, folded. Fixed for the
 * topic's life, as is the number of partitions: a key that moved would meet none of its repeats.
 */
export function partitionOf(uploadKey: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(uploadKey)) hash = Math.imul(hash ^ byte, 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions
}

/**
 * `repeat`: its rows and tallies are left out. `straddles` (a source with positions only): it begins below the
 * highest end known and reaches beyond it, so a part of it is counted and a part is not; its source is stopped.
 */
export type Verdict = 'new' | 'repeat' | 'straddles'

/** One part as it stood on its partition: what the table `uploads` keeps. Repeats are among them: they, too, stand there. */
export interface Sighting {
  readonly key: string
  /** For a source with positions: the position where the part ends. */
  readonly part: number
  readonly positioned: boolean
  readonly offset: bigint
  /** Milliseconds UTC, the log's own time. */
  readonly logTime: number
}

/** Every part in these blocks, in the order of the log. */
export function sightingsOf(blocks: readonly StoredBlock[]): Sighting[] {
  return blocks.flatMap(({ headers, offset, logTime }) =>
    headers.uploads.map(({ key, part, from }) => ({ key, part, positioned: from !== undefined, offset, logTime })),
  )
}

/**
 * The rule for an upload without positions: a repeat exactly when the same (key, part) stands before it on its
 * partition, at most W earlier by the log's time. `seen` is the log time of the latest one before it.
 */
export function judgePart(logTime: number, seen: number | undefined): Verdict {
  return seen !== undefined && logTime - seen <= REPEAT_WINDOW_MS ? 'repeat' : 'new'
}

/** The rule for a source with positions: `highest` is the highest end before it, undefined when none is known. */
export function judgeRange(part: Pick<UploadPart, 'part' | 'from'>, highest: number | undefined): Verdict {
  if (highest === undefined) return 'new'
  if (part.part <= highest) return 'repeat'
  return (part.from ?? 0) < highest ? 'straddles' : 'new'
}
