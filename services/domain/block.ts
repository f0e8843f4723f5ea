/** The topic's name carries its schema; what is fixed "for the life of calls.v1" is here and nowhere else. */
export const TOPIC = 'lastcall.calls.v1'
export const DEAD_TOPIC = 'lastcall.dead.v1'
/** Grows when a column is added. A store refuses a block with a newer one. */
export const SCHEMA_VERSION = 1
/** W: a part that stood on its partition at most this long before is a repeat. Firehose's longest retry. */
export const REPEAT_WINDOW_MS = 2 * 3_600_000
/** A body is cut into parts at the first record boundary at or after this many decoded bytes … */
export const PART_BYTES = 262_144
/** … or this many records, whichever comes first. */
export const PART_RECORDS = 1_000

/** The columns of a call on the topic, in order, with their ClickHouse types. */
export const CALL_COLUMNS = [
  ['time', 'Int64'],
  ['time_kind', 'Int8'],
  ['received', 'UInt32'],
  ['source', 'LowCardinality(String)'],
  ['api', 'LowCardinality(String)'],
  ['version', 'LowCardinality(String)'],
  ['operation', 'LowCardinality(String)'],
  ['matched', 'Int8'],
  ['map_rev', 'UInt32'],
  ['path', 'String'],
  ['consumer', 'LowCardinality(String)'],
  ['key', 'LowCardinality(String)'],
  ['agent', 'LowCardinality(String)'],
  ['net', 'LowCardinality(String)'],
  ['status', 'UInt16'],
  ['weight', 'UInt32'],
  ['class', 'Int8'],
  ['duration_ms', 'UInt32'],
  ['request_id', 'String'],
  ['deprecation', 'LowCardinality(String)'],
  ['sunset', 'LowCardinality(String)'],
  ['link', 'LowCardinality(String)'],
  ['version_header', 'LowCardinality(String)'],
  ['truncated', 'UInt8'],
] as const

/** Lines by outcome and reason, of one hour of receipt. `reason` is '' for calls. */
export interface Tally {
  /** Milliseconds since 1970, UTC, a whole hour: the hour of receipt, set by the collector. */
  readonly hour: number
  /** `replayed`: a line among the dead of an earlier hour whose row was put back; no line more. */
  readonly outcome: 'call' | 'unparsed' | 'dropped' | 'dead' | 'replayed'
  readonly reason: string
  readonly lines: number
}

/** One part of an upload inside a block: which rows are its, and what became of its lines. */
export interface UploadPart {
  /** Hex digest: (source, sender's id) or (source, credential, decoded body). */
  readonly key: string
  /** From 1. For a source with positions: the position where the part ends. */
  readonly part: number
  /** How many parts the upload has; 0 while unknown (streams, positions). */
  readonly of: number
  /** Present for a source with positions: where the part begins. Repeat when its end is not above the highest end seen. */
  readonly from?: number
  /** Rows [first, first + rows) of the block. */
  readonly first: number
  readonly rows: number
  readonly tallies: readonly Tally[]
}

export interface Heartbeat {
  /** Milliseconds since 1970, UTC: everything of the source up to here has been read. */
  readonly through: number
}

/** What travels beside a block's bytes; small, JSON. */
export interface BlockHeaders {
  readonly schema: number
  readonly catalogue: string
  readonly source: string
  readonly uploads: readonly UploadPart[]
  /** Event times of the rows, milliseconds UTC; 0 when the block has no rows. */
  readonly first: number
  readonly last: number
  readonly heartbeat?: Heartbeat
  readonly traceparent?: string
}

export interface Block {
  readonly headers: BlockHeaders
  /** One ClickHouse Native block of CALL_COLUMNS; empty when there are no rows. */
  readonly payload: Uint8Array
  readonly rows: number
}

/** A block as it stands on the topic. */
export interface StoredBlock extends Block {
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds UTC, the log's own time, highest so far in the partition: never goes back. */
  readonly logTime: number
}
