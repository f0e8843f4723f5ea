import { promisify } from 'node:util'
import { constants, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { isSnappyStream, type Unpacked, unsnappy } from './snappy.ts'
import { Turns } from './turns.ts'

/** Limits of one body: decompressed bytes, and decompressed to compressed. */
export interface DecodeCaps {
  readonly bytes: number
  readonly ratio: number
}

/** `broken`: it says it is compressed and does not decompress; it counts as one line that could not be read. */
export type Decoded =
  | { readonly kind: 'ok'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken' }

type Packing = 'gzip' | 'zstd' | 'deflate' | 'raw-deflate' | 'snappy'

/** A body may be compressed by the sender and again by a proxy; more layers are nobody's. */
const MAX_LAYERS = 3
/**
 * What is being unpacked is charged to nobody yet: with so many at once it is bounded, however many bombs come together.
 * No more of them would get on anyway: they share the four threads of the pool.
 */
const UNPACKING = new Turns(4)
/** Below this the ratio does not matter: a short body of equal lines packs very well. */
const RATIO_FLOOR = 1_048_576

/**
 * Decompresses a body as its Content-Encoding says (RFC 9110 §8.4, several in the order applied) and as its own
 * first bytes say: gzip (also several members), zstd, deflate (zlib and raw), snappy (framed and raw). A header that
 * the bytes contradict is not believed: proxies unpack and leave it. Never rejects for what is in the body.
 */
export function decodeBody(body: Buffer, encoding: string | undefined, caps: DecodeCaps): Promise<Decoded> {
  const work = (): Promise<Decoded> => decodeLayers(body, encoding, caps)
  // One turn for all layers: what waited between two of them would be held by as many as come.
  return encoding === undefined && sniff(body) === undefined ? work() : UNPACKING.take(work)
}

async function decodeLayers(body: Buffer, encoding: string | undefined, caps: DecodeCaps): Promise<Decoded> {
  const limit = Math.min(caps.bytes, Math.max(RATIO_FLOOR, Math.floor(body.length * caps.ratio)))
  const named = (encoding ?? '').split(',', 8).map(name => name.trim().toLowerCase())
  let bytes = body
  for (const name of named.reverse()) {
    const packing = packingOf(name, bytes)
    if (packing === undefined) continue
    const unpacked = await unpack(packing, bytes, limit)
    if (unpacked.kind !== 'ok') return unpacked
    bytes = unpacked.bytes
  }
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const packing = sniff(bytes)
    if (packing === undefined) break
    const unpacked = await unpack(packing, bytes, limit)
    if (unpacked.kind !== 'ok') return unpacked
    bytes = unpacked.bytes
  }
  return bytes.length > caps.bytes ? { kind: 'too-large' } : { kind: 'ok', body: bytes }
}

/** What the first bytes say, undefined when they are not those of a compressed body. */
export function sniff(bytes: Buffer): 'gzip' | 'zstd' | 'deflate' | 'snappy' | undefined {
  if (bytes.length < 2) return undefined
  switch (bytes.readUInt16BE(0)) {
    case 0x1f8b:
      return 'gzip'
    case 0x28b5:
      return bytes[2] === 0x2f && bytes[3] === 0xfd ? 'zstd' : undefined
    case 0x7801:
    case 0x789c:
    case 0x78da:
      return 'deflate'
    default:
      return isSnappyStream(bytes) ? 'snappy' : undefined
  }
}

function packingOf(name: string, bytes: Buffer): Packing | undefined {
  if (bytes.length === 0) return undefined
  const seen = sniff(bytes)
  if (name === 'gzip' || name === 'x-gzip') return seen === 'gzip' ? 'gzip' : undefined
  if (name === 'zstd') return seen === 'zstd' ? 'zstd' : undefined
  // "deflate" means zlib (RFC 9110 §8.4.1.2); many send it raw.
  if (name === 'deflate') return isZlib(bytes) ? 'deflate' : looksPlain(bytes) ? undefined : 'raw-deflate'
  if (name === 'snappy' || name === 'x-snappy-framed')
    return seen === 'snappy' || !looksPlain(bytes) ? 'snappy' : undefined
  return undefined
}

function isZlib(bytes: Buffer): boolean {
  return (
    bytes.length >= 2 && ((bytes[0] as number) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0 && !looksPlain(bytes)
  )
}

// A JSON body or text lines: printable from the start.
function looksPlain(bytes: Buffer): boolean {
  const most = Math.min(bytes.length, 32)
  for (let i = 0; i < most; i++) {
    const byte = bytes[i] as number
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f || byte >= 0x80) return false
  }
  return true
}

const asyncGunzip = promisify(gunzip)
const asyncInflate = promisify(inflate)
const asyncInflateRaw = promisify(inflateRaw)
const asyncUnzstd = promisify(zstdDecompress)

async function unpack(packing: Packing, bytes: Buffer, limit: number): Promise<Unpacked> {
  if (packing === 'snappy') return unsnappy(bytes, limit)
  const options = { maxOutputLength: limit, chunkSize: Math.min(1_048_576, Math.max(16_384, bytes.length * 12)) }
  try {
    switch (packing) {
      case 'gzip':
        return { kind: 'ok', bytes: await asyncGunzip(bytes, options) }
      case 'deflate':
        return { kind: 'ok', bytes: await asyncInflate(bytes, options) }
      case 'raw-deflate':
        return { kind: 'ok', bytes: await asyncInflateRaw(bytes, options) }
      case 'zstd':
        // A window of 128 MiB is what the format recommends decoders to take at most (RFC 8878 §3.1.1.1.2 asks 8).
        return {
          kind: 'ok',
          bytes: await asyncUnzstd(bytes, { ...options, params: { [constants.ZSTD_d_windowLogMax]: 27 } }),
        }
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? { kind: 'too-large' } : { kind: 'broken' }
  }
}
