import { CALL_COLUMNS } from '../../services/domain/block.ts'
import type { Call } from '../../services/domain/call.ts'
import { ByteSink } from './byte-sink.ts'
import { DictionaryColumn, NumberColumn, type OpenColumn, TextColumn, TimeColumn } from './columns.ts'

export interface BuiltBlock {
  /** One ClickHouse Native block of CALL_COLUMNS, its own memory; empty when no call was added. */
  readonly payload: Uint8Array
  readonly rows: number
  /** Earliest and latest event time, milliseconds UTC; 0 when there are no rows. */
  readonly first: number
  readonly last: number
}

const TITLES = CALL_COLUMNS.map(([name, type]) => ({ name, title: columnTitle(name, type) }))

/** Columns begin small and grow: a block of one row costs little, a builder that is used again keeps what it has. */
const ROWS = 64
const byte = () => new NumberColumn(new Uint8Array(ROWS), 0x7f)
const word = () => new NumberColumn(new Uint16Array(ROWS), 0xffff)
const long = () => new NumberColumn(new Uint32Array(ROWS), 0xffff_ffff)

/**
 * Calls in, Native blocks out: values are encoded as they come, into buffers that serve block after block.
 * Any text encodes: a lone surrogate becomes U+FFFD. `received` is kept in whole seconds.
 */
export class BlockBuilder {
  private readonly time = new TimeColumn()
  private readonly timeKind = byte()
  private readonly received = long()
  private readonly source = new DictionaryColumn()
  private readonly api = new DictionaryColumn()
  private readonly version = new DictionaryColumn()
  private readonly operation = new DictionaryColumn()
  private readonly matched = byte()
  private readonly mapRev = long()
  private readonly path = new TextColumn()
  private readonly consumer = new DictionaryColumn()
  private readonly key = new DictionaryColumn()
  private readonly agent = new DictionaryColumn()
  private readonly net = new DictionaryColumn()
  private readonly status = word()
  private readonly weight = long()
  private readonly class = byte()
  private readonly durationMs = long()
  private readonly requestId = new TextColumn()
  private readonly deprecation = new DictionaryColumn()
  private readonly sunset = new DictionaryColumn()
  private readonly link = new DictionaryColumn()
  private readonly versionHeader = new DictionaryColumn()
  private readonly truncated = byte()
  /** In the order of CALL_COLUMNS; typed so that a column added there and not here does not compile. */
  private readonly columns: Readonly<Record<(typeof CALL_COLUMNS)[number][0], OpenColumn>> = {
    time: this.time,
    time_kind: this.timeKind,
    received: this.received,
    source: this.source,
    api: this.api,
    version: this.version,
    operation: this.operation,
    matched: this.matched,
    map_rev: this.mapRev,
    path: this.path,
    consumer: this.consumer,
    key: this.key,
    agent: this.agent,
    net: this.net,
    status: this.status,
    weight: this.weight,
    class: this.class,
    duration_ms: this.durationMs,
    request_id: this.requestId,
    deprecation: this.deprecation,
    sunset: this.sunset,
    link: this.link,
    version_header: this.versionHeader,
    truncated: this.truncated,
  }
  private readonly parts = TITLES.map(({ name, title }) => ({ title, column: this.columns[name] }))
  private count = 0

  add(call: Call): void {
    this.time.add(call.time)
    this.timeKind.add(call.timeKind === 'start' ? 1 : 2)
    this.received.add(call.received / 1000)
    this.source.add(call.source)
    this.api.add(call.api)
    this.version.add(call.version)
    this.operation.add(call.operation)
    this.matched.add(call.matched === 'known' ? 1 : 2)
    this.mapRev.add(call.mapRev)
    this.path.add(call.path)
    this.consumer.add(call.consumer)
    this.key.add(call.key)
    this.agent.add(call.agent)
    this.net.add(call.net)
    this.status.add(call.status)
    this.weight.add(call.weight)
    this.class.add(call.class === 'use' ? 1 : 2)
    this.durationMs.add(call.durationMs)
    this.requestId.add(call.requestId)
    this.deprecation.add(call.deprecation)
    this.sunset.add(call.sunset)
    this.link.add(call.link)
    this.versionHeader.add(call.versionHeader)
    this.truncated.add(call.truncated ? 1 : 0)
    this.count++
  }

  get rows(): number {
    return this.count
  }

  /** Bytes the block would take if it were closed now, to within its header. */
  get bytes(): number {
    if (this.count === 0) return 0
    let sum = 0
    for (const { title, column } of this.parts) sum += title.length + column.size(this.count)
    return sum
  }

  /** Closes the block and begins the next. */
  take(): BuiltBlock {
    const rows = this.count
    const { first, last } = this.time
    if (rows === 0) return { payload: new Uint8Array(0), rows, first: 0, last: 0 }
    for (const { column } of this.parts) column.settle?.()
    const header = new ByteSink(16)
    header.varint(this.parts.length)
    header.varint(rows)
    const payload = Buffer.allocUnsafeSlow(this.bytes + header.length)
    let at = header.bytes.copy(payload, 0, 0, header.length)
    for (const { title, column } of this.parts) {
      payload.set(title, at)
      at = column.write(payload, at + title.length, rows)
      column.clear()
    }
    this.count = 0
    return { payload, rows, first, last }
  }
}

/** Name and type, as they stand before a column's values. */
export function columnTitle(name: string, type: string): Uint8Array {
  const sink = new ByteSink(64)
  sink.text(name)
  sink.text(type)
  return Uint8Array.from(sink.bytes.subarray(0, sink.length))
}
