/** Arrays whose elements are records of their own: Firehose, Kafka REST and Azure; OTLP; CloudWatch Logs. */
const OPENED = ['records', 'resourceLogs', 'scopeLogs', 'logRecords', 'logEvents'].map(name => Buffer.from(`"${name}"`))
const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Where the elements of an object too large for one record begin: the index behind the `[` of the first array that
 * stands directly in the object under one of the names above, -1 when there is none before `to`.
 */
export function openingOf(buffer: Buffer, from: number, to: number): number {
  let depth = 0
  for (let i = from; i < to; i++) {
    const byte = buffer[i]
    if (byte === QUOTE) {
      const close = closing(buffer, i + 1, to)
      const elements = depth === 1 ? elementsAt(buffer, i, close + 1, to) : -1
      if (elements !== -1) return elements
      i = close
    } else if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return -1
}

function closing(buffer: Buffer, from: number, to: number): number {
  let i = from
  while (i < to && buffer[i] !== QUOTE) i += buffer[i] === BACKSLASH ? 2 : 1
  return i
}

function elementsAt(buffer: Buffer, from: number, behind: number, to: number): number {
  if (behind > to || !OPENED.some(name => buffer.compare(name, 0, name.length, from, behind) === 0)) return -1
  let colons = 0
  for (let i = behind; i < to; i++) {
    const byte = buffer[i] as number
    if (byte === 0x3a && colons === 0) colons++
    else if (byte === 0x5b && colons === 1) return i + 1
    else if (byte > 0x20) return -1
  }
  return -1
}
