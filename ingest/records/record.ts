/** A record longer than this is skipped and counted as one line that could not be read. */
export const MAX_RECORD_BYTES = 1_048_576
/** An element of a large envelope may be longer: Firehose packs 1,024,000 bytes in base64. */
export const MAX_ELEMENT_BYTES = 2 * MAX_RECORD_BYTES
/** What is kept of a record that is too long, for `explain`. */
export const HEAD_BYTES = 1_024

/** One record of an upload: a JSON value, an array's element or a text line. */
export interface LogRecord {
  /** Without line end. A view: it stays valid and is not written again. */
  readonly bytes: Buffer
  /** Offsets in the decoded stream; a record ends before its line end. */
  readonly start: number
  readonly end: number
  /** Longer than MAX_RECORD_BYTES; `bytes` is then only its head. */
  readonly tooLong: boolean
  /** What the record says, where it was no text to begin with (protobuf); `bytes` is then not read. */
  readonly value?: { readonly [key: string]: unknown }
}

/** Gives an upload's records one by one, undefined after the last. */
export interface RecordReader {
  read(): LogRecord | undefined
}

/** A whole datagram or message as one record. Line ends behind it are not part of it. */
export function recordOf(bytes: Buffer): LogRecord {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--
  const tooLong = end > MAX_RECORD_BYTES
  return { bytes: bytes.subarray(0, tooLong ? HEAD_BYTES : end), start: 0, end, tooLong }
}
