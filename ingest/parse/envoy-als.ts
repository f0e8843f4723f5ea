import { HEAD_BYTES, type LogRecord, MAX_RECORD_BYTES, type RecordReader } from '../records/record.ts'
import type { JsonObject } from './format.ts'
import { BYTES, ProtoReader, VARINT } from './proto-reader.ts'

// envoy.config.core.v3.RequestMethod and envoy.data.accesslog.v3.AccessLogType, by number.
const METHODS = ['', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']
const TYPES = [
  'NotSet',
  'TcpUpstreamConnected',
  'TcpPeriodic',
  'TcpConnectionEnd',
  'DownstreamStart',
  'DownstreamPeriodic',
  'DownstreamEnd',
  'UpstreamPoolReady',
  'UpstreamPeriodic',
  'UpstreamEnd',
  'DownstreamTunnelSuccessfullyEstablished',
  'UdpTunnelUpstreamConnected',
  'UdpPeriodic',
  'UdpSessionEnd',
]
/** Headers of a response that the audit reads: a caller's own header of that name must not stand for them. */
const OF_RESPONSES = ['deprecation', 'sunset', 'link']
const LATEST = 8_640_000_000_000_000

interface Fields {
  [name: string]: unknown
}

/**
 * The entries of one StreamAccessLogsMessage (envoy.service.accesslog.v3), one by one, as the records Istio's JSON
 * access log has, so that one format reads both: logged headers and custom tags stand beside the fields under their
 * own names, and no header takes a field's place. An entry of a TCP connection is a record without a request.
 */
export class EnvoyEntries implements RecordReader {
  readonly #reader: ProtoReader
  /** 0 outside, else the field of the list we are in: 2 HTTP, 3 TCP. */
  #list = 0
  #outer = 0

  constructor(bytes: Buffer) {
    this.#reader = new ProtoReader(bytes)
  }

  read(): LogRecord | undefined {
    const reader = this.#reader
    const end = this.#find()
    if (end < 0) return undefined
    const start = reader.at
    const { bytes } = reader
    if (end - start > MAX_RECORD_BYTES) {
      reader.at = end
      return { bytes: bytes.subarray(start, start + HEAD_BYTES), start, end, tooLong: true }
    }
    const entry = new ProtoReader(bytes, start, end)
    const value = this.#list === 2 ? httpEntry(entry) : { ...NO_REQUEST }
    reader.at = end
    return { bytes: bytes.subarray(start, end), start, end, tooLong: false, value }
  }

  /** Are these bytes such a message, down to where each entry ends? */
  static frames(bytes: Buffer): boolean {
    const entries = new EnvoyEntries(bytes)
    for (let end = entries.#find(); end >= 0; end = entries.#find()) entries.#reader.at = end
    return !entries.#reader.broken
  }

  #find(): number {
    const reader = this.#reader
    for (;;) {
      const field = reader.next()
      if (field === 0) {
        if (reader.broken || this.#list === 0) return -1
        this.#list = 0
        reader.end = this.#outer
      } else if (reader.wire === BYTES && this.#list === 0 && (field === 2 || field === 3)) {
        const end = reader.delimited()
        if (end < 0) return -1
        this.#list = field
        this.#outer = reader.end
        reader.end = end
      } else if (reader.wire === BYTES && this.#list !== 0 && field === 1) return reader.delimited()
      else reader.skip()
    }
  }
}

/** `log_name` of the identifier, which only the first message of a stream carries; '' when it is not there. */
export function logNameOf(bytes: Buffer): string {
  const reader = new ProtoReader(bytes)
  let name = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1 || reader.wire !== BYTES) {
      reader.skip()
      continue
    }
    inside(reader, inner => {
      if (inner !== 2 || reader.wire !== BYTES) return false
      name = reader.text()
      return true
    })
  }
  return name.slice(0, 256)
}

const NO_REQUEST: JsonObject = { start_time: null, method: null, path: null, response_code: 0, upstream_cluster: null }
/** An entry whose bytes are broken: no format knows it. */
const LOST: JsonObject = { logRecords: [null] }

function httpEntry(reader: ProtoReader): JsonObject {
  const record: Fields = Object.assign(Object.create(null) as Fields, NO_REQUEST)
  const headers: Pairs = []
  const answers: Pairs = []
  const tags: Pairs = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (reader.wire !== BYTES) reader.skip()
    else if (field === 1) inside(reader, inner => common(reader, inner, record, tags))
    else if (field === 3) inside(reader, inner => request(reader, inner, record, headers))
    else if (field === 4) inside(reader, inner => response(reader, inner, record, answers))
    else reader.skip()
  }
  if (reader.broken) return LOST
  if (typeof record.original_path === 'string' && record.original_path !== '') record.path = record.original_path
  if (record.request_id === undefined && record.stream_id !== undefined) record.request_id = record.stream_id
  delete record.original_path
  for (const [name, value] of tags) if (!(name in record)) record[name] = value
  for (const [name, value] of answers) if (!(name in record)) record[name] = value
  for (const [name, value] of headers)
    if (!(name in record) && !OF_RESPONSES.includes(name.toLowerCase())) record[name] = value
  return record
}

type Pairs = [name: string, value: string][]

/** AccessLogCommon. True when the field was read. */
function common(reader: ProtoReader, field: number, record: Fields, tags: Pairs): boolean {
  if (field === 27 && reader.wire === VARINT) {
    // Before there were types, this alone told the rows that are not a request's end.
    if (reader.varint() !== 0) record.access_log_type ??= 'DownstreamPeriodic'
    return true
  }
  if (field === 33 && reader.wire === VARINT) {
    const type = reader.varint()
    if (type !== 0) record.access_log_type = TYPES[type] ?? `Type${type}`
    return true
  }
  if (reader.wire !== BYTES) return false
  switch (field) {
    case 2:
      record.downstream_remote_address = address(reader)
      return true
    case 5: {
      const ms = reader.milliseconds()
      if (ms > 0 && ms <= LATEST) record.start_time = new Date(ms).toISOString()
      return true
    }
    case 12:
      record.duration ??= reader.milliseconds()
      return true
    case 15:
      record.upstream_cluster = reader.text()
      return true
    case 19:
      record.route_name = reader.text()
      return true
    case 26:
      record.stream_id = reader.text()
      return true
    case 22:
      pair(reader, tags)
      return true
    case 23:
      record.duration = reader.milliseconds()
      return true
    default:
      return false
  }
}

/** HTTPRequestProperties. */
function request(reader: ProtoReader, field: number, record: Fields, headers: Pairs): boolean {
  if (field === 1 && reader.wire === VARINT) {
    record.method = METHODS[reader.varint()] ?? ''
    return true
  }
  if (reader.wire !== BYTES) return false
  if (field === 13) pair(reader, headers)
  else {
    const name = REQUEST_TEXTS[field]
    if (name === undefined) return false
    record[name] = reader.text()
  }
  return true
}

const REQUEST_TEXTS: { readonly [field: number]: string } = {
  3: 'authority',
  5: 'path',
  6: 'user_agent',
  8: 'x_forwarded_for',
  9: 'request_id',
  10: 'original_path',
}

/** HTTPResponseProperties. */
function response(reader: ProtoReader, field: number, record: Fields, headers: Pairs): boolean {
  if (reader.wire !== BYTES) return false
  if (field === 4) pair(reader, headers)
  else if (field === 1)
    inside(reader, inner => {
      if (inner !== 1 || reader.wire !== VARINT) return false
      record.response_code = reader.varint()
      return true
    })
  else return false
  return true
}

/** Address: the socket address in it, without port. */
function address(reader: ProtoReader): string {
  let text = ''
  inside(reader, outer => {
    if (outer !== 1 || reader.wire !== BYTES) return false
    inside(reader, field => {
      if (field !== 2 || reader.wire !== BYTES) return false
      text = reader.text()
      return true
    })
    return true
  })
  return text
}

const MOST_PAIRS = 256

/** One entry of a map<string, string>. */
function pair(reader: ProtoReader, into: Pairs): void {
  let name = ''
  let value = ''
  inside(reader, field => {
    if (reader.wire !== BYTES || field > 2) return false
    if (field === 1) name = reader.text()
    else value = reader.text()
    return true
  })
  if (name !== '' && into.length < MOST_PAIRS) into.push([name, value])
}

/** Reads the fields of the message the reader stands before; those `read` leaves are skipped. */
function inside(reader: ProtoReader, read: (field: number) => boolean): void {
  const end = reader.delimited()
  if (end < 0) return
  const outer = reader.end
  reader.end = end
  for (let field = reader.next(); field !== 0; field = reader.next()) if (!read(field)) reader.skip()
  reader.end = outer
  reader.at = end
}
