const BYTES = 2

/** A varint field; zero is not written (proto3). */
export function varintField(field: number, value: number): Buffer {
  return value === 0 ? EMPTY : Buffer.from([...varint(field * 8), ...varint(value)])
}

/** A field of text or of a message; an empty one is not written. */
export function bytesField(field: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return bytes.length === 0
    ? EMPTY
    : Buffer.concat([Buffer.from([...varint(field * 8 + BYTES), ...varint(bytes.length)]), bytes])
}

const EMPTY = Buffer.alloc(0)

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 128) + 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}
