import type { Source } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import type { LogRecord } from '../records/record.ts'
import { RecordSplitter } from '../records/split.ts'
import { createParser } from './parser.ts'

/** A source for tests: everything on auto, in UTC. */
export function aSource(over: Partial<Source> = {}): Source {
  return {
    id: 'auto',
    format: 'auto',
    realm: 'auto',
    key: undefined,
    trustedHeaders: [],
    host: '',
    zone: 'UTC',
    file: undefined,
    syslog: undefined,
    kafka: undefined,
    limits: { bytesPerSecond: undefined, uploadsPerSecond: undefined, bodyBytes: undefined },
    map: undefined,
    layout: '',
    tokens: [],
    keepQuery: [],
    authoritative: [],
    test: { agents: [], networks: [], consumers: [] },
    ...over,
  }
}

/** What became of a body's lines, for tests to look at. */
export interface Reading {
  lines: number
  calls: RawCall[]
  unparsed: { [reason: string]: number }
  dropped: { [reason: string]: number }
  /** Calls and dropped lines by the format they were read as. */
  formats: { [format: string]: number }
  /** Format and outcome of each line, in order. */
  outcomes: string[]
}

/** When the tests' bodies were received, milliseconds UTC. */
export const RECEIVED = Date.parse('2026-11-22T04:00:00Z')

/** Reads a whole body as a source would. */
export function readBody(body: string | Buffer, over: Partial<Source> = {}): Reading {
  const splitter = new RecordSplitter()
  splitter.push(Buffer.from(body))
  splitter.end()
  const records: LogRecord[] = []
  for (let record = splitter.read(); record !== undefined; record = splitter.read()) records.push(record)
  return readRecords(records, over)
}

/** Reads records, datagrams say, as a source would. */
export function readRecords(records: readonly LogRecord[], over: Partial<Source> = {}): Reading {
  const parser = createParser(aSource(over))
  const reading: Reading = { lines: 0, calls: [], unparsed: {}, dropped: {}, formats: {}, outcomes: [] }
  const onLine = (format: string, outcome: Outcome<RawCall>): void => {
    reading.lines++
    reading.outcomes.push(`${format} ${outcome.kind === 'ok' ? 'ok' : outcome.reason}`)
    if (outcome.kind === 'unparsed') {
      reading.unparsed[outcome.reason] = (reading.unparsed[outcome.reason] ?? 0) + 1
      return
    }
    reading.formats[format] = (reading.formats[format] ?? 0) + 1
    if (outcome.kind === 'ok') reading.calls.push(outcome.value)
    else reading.dropped[outcome.reason] = (reading.dropped[outcome.reason] ?? 0) + 1
  }
  for (const record of records) parser.parse(record, RECEIVED, onLine)
  return reading
}
