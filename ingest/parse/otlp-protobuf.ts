import { HEAD_BYTES, type LogRecord, MAX_RECORD_BYTES } from '../records/record.ts'
import type { JsonObject } from './format.ts'
import { BYTES, FIXED64, ProtoReader, VARINT } from './proto-reader.ts'

/** ResourceLogs in the request, ScopeLogs in those, LogRecord in these: each in its field. */
const WAY = [1, 2, 2] as const
const RECORD = WAY.length - 1
/** Lists in lists beyond this are empty values; the `otlp` format looks less deep. */
const DEEPEST = 6
/** Entries kept of one list: the `otlp` format looks at fewer. */
const MOST_ENTRIES = 4_096

/**
 * The log records of an ExportLogsServiceRequest (opentelemetry-proto, collector/logs/v1) in protobuf, one by one, as
 * the objects the JSON mapping gives, so that one format reads both. Positions are those of the bytes given: parts of
 * an upload are cut by its decoded bytes alone.
 */
export class OtlpRecords {
  readonly #walk: ProtoReader
  readonly #inner: ProtoReader
  /** Ends of the messages we are inside of. */
  readonly #ends: number[] = []

  constructor(bytes: Buffer) {
    this.#walk = new ProtoReader(bytes)
    this.#inner = new ProtoReader(bytes)
  }

  read(): LogRecord | undefined {
    const end = this.#findRecord()
    if (end < 0) return undefined
    const start = this.#walk.at
    this.#walk.at = end
    const { bytes } = this.#walk
    if (end - start > MAX_RECORD_BYTES)
      return { bytes: bytes.subarray(start, start + HEAD_BYTES), start, end, tooLong: true }
    this.#inner.enter(start, end)
    return { bytes: bytes.subarray(start, end), start, end, tooLong: false, value: recordOf(this.#inner) }
  }

  /** Are these bytes such a request, down to where each record ends? Records are not looked into. */
  static frames(bytes: Buffer): boolean {
    const records = new OtlpRecords(bytes)
    for (let end = records.#findRecord(); end >= 0; end = records.#findRecord()) records.#walk.at = end
    return !records.#walk.broken
  }

  /** Walks to the next record: the end of it, −1 when there is none. */
  #findRecord(): number {
    const walk = this.#walk
    for (;;) {
      const field = walk.next()
      if (field === 0) {
        const outer = this.#ends.pop()
        if (walk.broken || outer === undefined) return -1
        walk.end = outer
      } else if (walk.wire === BYTES && field === WAY[this.#ends.length]) {
        const end = walk.delimited()
        if (end < 0) return -1
        if (this.#ends.length === RECORD) return end
        this.#ends.push(walk.end)
        walk.end = end
      } else walk.skip()
    }
  }
}

interface Mutable {
  [name: string]: unknown
}

/** LogRecord as its JSON mapping; one whose bytes are broken is the list with nothing in it that counts as a lost line. */
function recordOf(reader: ProtoReader): JsonObject {
  const record: Mutable = {}
  let attributes: JsonObject[] | undefined
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.wire === FIXED64) record.timeUnixNano = reader.fixed64Text()
    else if (field === 2 && reader.wire === VARINT) record.severityNumber = reader.varint()
    else if (field === 5 && reader.wire === BYTES) record.body = message(reader, 0, anyValue)
    else if (field === 6 && reader.wire === BYTES) {
      attributes ??= []
      if (attributes.length < MOST_ENTRIES) attributes.push(message(reader, 0, keyValue))
      else reader.skip()
    } else if (field === 9 && reader.wire === BYTES) record.traceId = hex(reader)
    else if (field === 10 && reader.wire === BYTES) record.spanId = hex(reader)
    else if (field === 11 && reader.wire === FIXED64) record.observedTimeUnixNano = reader.fixed64Text()
    else reader.skip()
  }
  if (reader.broken) return { logRecords: [null] }
  if (attributes !== undefined) record.attributes = attributes
  const timed = record.timeUnixNano !== undefined || record.observedTimeUnixNano !== undefined
  // Without a time nothing in the object itself says that it is one: then its place must.
  return timed && (record.body !== undefined || attributes !== undefined) ? record : { logRecords: [record] }
}

function keyValue(reader: ProtoReader, depth: number): JsonObject {
  let key = ''
  let value: JsonObject | undefined
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.wire === BYTES) key = reader.text()
    else if (field === 2 && reader.wire === BYTES) value = message(reader, depth, anyValue)
    else reader.skip()
  }
  return value === undefined ? { key } : { key, value }
}

/** AnyValue: a oneof, of which the last counts. Bytes are never read, so they are not carried. */
function anyValue(reader: ProtoReader, depth: number): JsonObject {
  let value: JsonObject = {}
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.wire === BYTES) value = { stringValue: reader.text() }
    else if (field === 2 && reader.wire === VARINT) value = { boolValue: reader.varint() !== 0 }
    else if (field === 3 && reader.wire === VARINT) value = { intValue: reader.integerText() }
    else if (field === 4 && reader.wire === FIXED64) value = { doubleValue: reader.double() }
    else if (field === 5 && reader.wire === BYTES) value = { arrayValue: message(reader, depth + 1, arrayValues) }
    else if (field === 6 && reader.wire === BYTES) value = { kvlistValue: message(reader, depth + 1, listValues) }
    else {
      if (field === 7) value = { bytesValue: '' }
      reader.skip()
    }
  }
  return value
}

function arrayValues(reader: ProtoReader, depth: number): JsonObject {
  return { values: entries(reader, depth, anyValue) }
}

function listValues(reader: ProtoReader, depth: number): JsonObject {
  return { values: entries(reader, depth, keyValue) }
}

function entries(reader: ProtoReader, depth: number, read: Read): JsonObject[] {
  const values: JsonObject[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.wire === BYTES && values.length < MOST_ENTRIES) values.push(message(reader, depth, read))
    else reader.skip()
  }
  return values
}

type Read = (reader: ProtoReader, depth: number) => JsonObject
const EMPTY: JsonObject = {}

/** Reads the message the reader stands before and leaves it behind it. */
function message(reader: ProtoReader, depth: number, read: Read): JsonObject {
  const end = reader.delimited()
  if (end < 0) return EMPTY
  const outer = reader.end
  reader.end = end
  const value = depth > DEEPEST ? EMPTY : read(reader, depth)
  reader.end = outer
  reader.at = end
  return value
}

function hex(reader: ProtoReader): string {
  const end = reader.delimited()
  if (end < 0) return ''
  // Ids have 16 and 8 bytes; longer ones are none.
  const text = end - reader.at > 32 ? '' : reader.bytes.toString('hex', reader.at, end)
  reader.at = end
  return text
}
