import { readFileSync } from 'node:fs'
import { createSourceReader, type SourceReader } from '../ingest/collect/source-reader.ts'
import { createKeyDigest } from '../ingest/normalise/key-digest.ts'
import { decodeBody } from '../ingest/records/decode.ts'
import { type LogRecord, recordOf } from '../ingest/records/record.ts'
import { RecordSplitter } from '../ingest/records/split.ts'
import { defaultSource, openCatalogue } from '../services/config/open-catalogue.ts'

export const LOGS = new URL('./fixtures/logs/', import.meta.url)
/** All samples are older than this. */
export const RECEIVED = Date.parse('2026-11-22T04:00:00Z')

/** What a file was read as, in the terms of the table. */
export interface Found {
  lines: number
  calls: number
  readonly unparsed: { [reason: string]: number }
  readonly dropped: { [reason: string]: number }
  /** Calls by format, in the order in which the formats were first seen. */
  readonly formats: Map<string, number>
  consumer: string | null
  first: { host: string; operation: string } | null
}

/** A reader of source `auto` without a catalogue. */
export function anyReader(): SourceReader {
  return createSourceReader(
    openCatalogue(),
    defaultSource('auto'),
    createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] }),
  )
}

/** A sample's records, as any upload of the file gives them. */
export async function recordsOf(file: string): Promise<LogRecord[]> {
  return split(await bodyOf(file))
}

async function bodyOf(file: string): Promise<Buffer> {
  const decoded = await decodeBody(readFileSync(new URL(file, LOGS)), undefined, { bytes: 1e9, ratio: 1e4 })
  if (decoded.kind !== 'ok') throw new Error(`${file} does not decompress`)
  return decoded.body
}

export function split(body: Buffer): LogRecord[] {
  const splitter = new RecordSplitter()
  splitter.push(body)
  splitter.end()
  const records: LogRecord[] = []
  for (let record = splitter.read(); record !== undefined; record = splitter.read()) records.push(record)
  return records
}

/** The datagrams of a file, by its own framing: `<datagram>\n<<END 123>>\n`, again and again. */
export async function datagramsOf(file: string): Promise<LogRecord[]> {
  const body = await bodyOf(file)
  const records: LogRecord[] = []
  for (const frame of body.toString('latin1').matchAll(/\n<<END (\d+)>>\n/g))
    records.push(recordOf(body.subarray(frame.index - Number(frame[1]), frame.index)))
  return records
}

export function read(records: readonly LogRecord[]): Found {
  const found: Found = {
    lines: 0,
    calls: 0,
    unparsed: {},
    dropped: {},
    formats: new Map(),
    consumer: null,
    first: null,
  }
  const reader = anyReader()
  for (const record of records) {
    reader.read(record, RECEIVED, (format, outcome) => {
      found.lines++
      if (outcome.kind === 'unparsed') found.unparsed[outcome.reason] = (found.unparsed[outcome.reason] ?? 0) + 1
      else if (outcome.kind === 'drop') found.dropped[outcome.reason] = (found.dropped[outcome.reason] ?? 0) + 1
      else {
        const { api, operation, consumer } = outcome.value
        found.calls++
        found.formats.set(format, (found.formats.get(format) ?? 0) + 1)
        found.first ??= { host: api, operation }
        // A key's digest depends on the pepper; that it is a key does not.
        if (consumer !== '') found.consumer ??= consumer.startsWith('auto:key:') ? 'auto:key:' : consumer
      }
    })
  }
  return found
}
