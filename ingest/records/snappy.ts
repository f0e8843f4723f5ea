const STREAM = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59])

/** What came of it: the bytes, or which of the two ways it failed. */
export type Unpacked =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken' }
const TOO_LARGE: Unpacked = { kind: 'too-large' }
const BROKEN: Unpacked = { kind: 'broken' }

/** Does it begin as a snappy framed stream (google/snappy, framing_format.txt §4.1)? */
export function isSnappyStream(bytes: Buffer): boolean {
  return bytes.length >= STREAM.length && STREAM.compare(bytes, 0, STREAM.length) === 0
}

/** Unpacks a framed stream or one raw block, to at most `limit` bytes. Checksums are not looked at: a damaged record does not parse. */
export function unsnappy(bytes: Buffer, limit: number): Unpacked {
  return isSnappyStream(bytes) ? unframe(bytes, limit) : rawBlock(bytes, limit)
}

function unframe(bytes: Buffer, limit: number): Unpacked {
  const parts: Buffer[] = []
  let size = 0
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return BROKEN
    const type = bytes[at] as number
    const from = at + 4
    const to = from + bytes.readUIntLE(at + 1, 3)
    if (to > bytes.length) return BROKEN
    at = to
    if (type >= 0x80) continue
    // Types 0x02 to 0x7f are reserved and must not be skipped (§4.5).
    if (type > 1 || to - from < 4) return BROKEN
    const part =
      type === 1
        ? ({ kind: 'ok', bytes: bytes.subarray(from + 4, to) } as const)
        : rawBlock(bytes.subarray(from + 4, to), limit - size)
    if (part.kind !== 'ok') return part
    size += part.bytes.length
    if (size > limit) return TOO_LARGE
    parts.push(part.bytes)
  }
  return { kind: 'ok', bytes: Buffer.concat(parts) }
}

/** One block: a length, then literals and copies of what came before (google/snappy, format_description.txt). */
function rawBlock(bytes: Buffer, limit: number): Unpacked {
  let length = 0
  let at = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    if (byte === undefined || shift > 28) return BROKEN
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (length > limit) return TOO_LARGE
  // No copy makes more than 64 bytes of 2: a length beyond that is a lie, and is not allocated.
  if (length > bytes.length * 32) return BROKEN
  const out = Buffer.alloc(length)
  let to = 0
  while (at < bytes.length) {
    const tag = bytes[at++] as number
    if ((tag & 3) === 0) {
      let size = tag >> 2
      if (size >= 60) {
        const extra = size - 59
        if (at + extra > bytes.length) return BROKEN
        size = bytes.readUIntLE(at, extra)
        at += extra
      }
      size++
      if (at + size > bytes.length || to + size > length) return BROKEN
      bytes.copy(out, to, at, at + size)
      at += size
      to += size
      continue
    }
    const width = (tag & 3) === 3 ? 4 : tag & 3
    if (at + width > bytes.length) return BROKEN
    const size = width === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const back = width === 1 ? ((tag >> 5) << 8) | (bytes[at] as number) : bytes.readUIntLE(at, width)
    at += width
    if (back === 0 || back > to || to + size > length) return BROKEN
    // Byte by byte: a copy may overlap what it makes.
    for (let i = 0; i < size; i++, to++) out[to] = out[to - back] as number
  }
  return to === length ? { kind: 'ok', bytes: out } : BROKEN
}
