import { constants, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { sniff } from './decode.ts'

/** Decoded bytes, or, once and last, word that the rest of the file would not decompress. */
export type Piece = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'broken' }

/** One write may become a thousand times as much: small writes keep the memory small. */
const SLICE = 16_384

/**
 * Decompresses a file as it is read: plain, gzip (also several members), zstd, zlib, told by its first bytes. What
 * decodes before a cut is handed on before `broken`. Throws only what reading `chunks` throws.
 */
export async function* decodeStream(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let unzip: Unzip | undefined
  let first: Buffer = Buffer.alloc(0)
  let known = false
  for await (const chunk of chunks) {
    if (!known) {
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk])
      if (first.length < 4) continue
      known = true
      unzip = unzipOf(first)
    }
    const bytes = first.length > 0 ? first : chunk
    first = Buffer.alloc(0)
    if (unzip === undefined) {
      yield { kind: 'bytes', bytes }
      continue
    }
    for (let at = 0; at < bytes.length; at += SLICE) {
      yield* await unzip.write(bytes.subarray(at, at + SLICE))
      if (unzip.broken) return yield { kind: 'broken' }
    }
  }
  if (first.length > 0) yield { kind: 'bytes', bytes: first }
  if (unzip === undefined) return
  yield* await unzip.end()
  if (unzip.broken) yield { kind: 'broken' }
}

function unzipOf(first: Buffer): Unzip | undefined {
  switch (sniff(first)) {
    case 'gzip':
      return new Unzip(createGunzip())
    case 'deflate':
      return new Unzip(createInflate())
    case 'zstd':
      return new Unzip(createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 27 } }))
    default:
      return undefined
  }
}

/** A zlib stream read by hand: iterating over it would throw away what was decoded before an error. */
class Unzip {
  broken = false
  readonly #stream: ReturnType<typeof createGunzip>
  #pieces: Piece[] = []
  #settle: () => void = () => {}

  constructor(stream: ReturnType<typeof createGunzip>) {
    this.#stream = stream
    stream.on('data', (bytes: Buffer) => this.#pieces.push({ kind: 'bytes', bytes }))
    stream.on('error', () => {
      this.broken = true
      this.#settle()
    })
    stream.on('end', () => this.#settle())
  }

  write(bytes: Buffer): Promise<Piece[]> {
    return this.#wait(settle => this.#stream.write(bytes, settle))
  }

  end(): Promise<Piece[]> {
    return this.#wait(() => this.#stream.end())
  }

  async #wait(start: (settle: () => void) => void): Promise<Piece[]> {
    await new Promise<void>(resolve => {
      this.#settle = resolve
      start(resolve)
    })
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }
}
