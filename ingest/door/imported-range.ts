import { type LogRecord, RecordSplitter } from '../records/split.ts'

/** Decoded bytes [from, to) of an imported file. `identity` is the hex SHA-256 of its decoded contents. */
export interface ImportedRange {
  readonly identity: string
  readonly from: number
  readonly to: number
}

/** The header `lastcall import` sends with each range: `<sha256> <from> <to>`; anything else is no range. */
export const RANGE_HEADER = 'lastcall-range'

export function readRange(header: string | string[] | undefined): ImportedRange | undefined {
  if (typeof header !== 'string') return undefined
  const [identity = '', from = '', to = '', more] = header.split(' ')
  if (more !== undefined || !/^[0-9a-f]{64}$/.test(identity) || !/^\d{1,15}$/.test(from) || !/^\d{1,15}$/.test(to))
    return undefined
  const range = { identity, from: Number(from), to: Number(to) }
  return range.from < range.to ? range : undefined
}

export const writeRange = (range: ImportedRange): string => `${range.identity} ${range.from} ${range.to}`

export function recordsOf(body: Buffer): LogRecord[] {
  const splitter = new RecordSplitter()
  splitter.push(body)
  splitter.end()
  const records: LogRecord[] = []
  for (let record = splitter.read(); record !== undefined; record = splitter.read()) records.push(record)
  return records
}
