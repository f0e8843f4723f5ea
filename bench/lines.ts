import { FORMATS } from '../ingest/parse/formats.ts'
import { createParser } from '../ingest/parse/parser.ts'
import { recordOf } from '../ingest/records/record.ts'
import { defaultSource } from '../services/config/open-catalogue.ts'
import type { RawCall } from '../services/domain/raw-call.ts'
import { RECEIVED, recordsOf } from '../test/read-sample.ts'
import { SAMPLES } from '../test/sample-table.ts'
import { SPECIMENS } from '../test/specimens.ts'

/** An nginx line in JSON of 400 bytes, as docs/formats/nginx-json.md has it configured. `time` is milliseconds UTC. */
export function nginxLine(number: number, time: number): string {
  const line = {
    v: '1',
    msec: (time / 1000).toFixed(3),
    request_id: number.toString(16).padStart(32, '0'),
    method: 'GET',
    host: 'api.partner.example',
    request_uri: `/v1/orders/${number % 100_000}?page=${number % 7}`,
    status: number % 50 === 0 ? '404' : '200',
    bytes: '5120',
    request_time: '0.010',
    ua: `partner-sdk/${number % 5}.2`,
    user: '',
    client: `203.0.113.${number % 250}`,
    xff: '',
    deprecation: '',
    sunset: '',
    consumer: '',
    x_api_key: `fake-key-${number % 500}`,
    pad: '',
  }
  const short = JSON.stringify(line)
  line.pad = 'x'.repeat(Math.max(0, 400 - short.length))
  return JSON.stringify(line)
}

/** Makes the nth line of a log. */
export type MakeLine = (number: number) => string

/** What is measured: every format by its name, and nginx's JSON at the size that the aim is stated for. */
export const KINDS: readonly string[] = [...FORMATS.map(format => format.name), 'nginx-json of 400 B']

/**
 * Lines of a format with ids that differ: real samples where there are some whose records are single calls,
 * invented specimens else. Throws where neither has one.
 */
export async function linesOf(kind: string): Promise<{ readonly make: MakeLine; readonly from: string }> {
  if (kind === 'nginx-json of 400 B') return { make: number => nginxLine(number, RECEIVED - number), from: 'made' }
  const sampled: string[] = []
  for (const { file } of SAMPLES.filter(sample => sample.format === kind))
    sampled.push(...(await recordsOf(file)).map(record => record.bytes.toString('utf8')))
  const real = makers(kind, sampled)
  const makes = real.length > 0 ? real : makers(kind, SPECIMENS.get(kind) ?? [])
  if (makes.length === 0) throw new Error(`no sample and no specimen of ${kind} is a call`)
  return {
    make: number => makes[number % makes.length]?.(number) ?? '',
    from: real.length > 0 ? 'samples' : 'specimens',
  }
}

function makers(kind: string, records: readonly string[]): MakeLine[] {
  return records.flatMap(record => {
    const call = record.includes('\n') || !plain(kind, record) ? undefined : onlyCall(kind, record)
    return call === undefined ? [] : [maker(record, call)]
  })
}

/** The record is the format itself, in no envelope. */
function plain(kind: string, record: string): boolean {
  const format = FORMATS.find(({ name }) => name === kind)
  if (format?.kind === 'text') return format.recognises(record)
  try {
    return format?.recognises(JSON.parse(record)) ?? false
  } catch {
    return false
  }
}

function onlyCall(kind: string, record: string): RawCall | undefined {
  const calls: (RawCall | undefined)[] = []
  createParser(defaultSource('auto')).parse(recordOf(Buffer.from(record)), RECEIVED, (format, outcome) =>
    calls.push(format === kind && outcome.kind === 'ok' ? structuredClone(outcome.value) : undefined),
  )
  return calls.length === 1 ? calls[0] : undefined
}

function maker(record: string, call: RawCall): MakeLine {
  const path = call.target.split('?')[0] ?? ''
  const id = call.requestId
  // A short path stands in a line in other places too.
  const pathVaries = path.length > 3 && record.includes(path)
  const idVaries = id.length >= 8 && record.includes(id)
  return number => {
    let line = record
    if (idVaries)
      line = line.replaceAll(id, id.slice(0, -7) + (number % 0x10000000).toString(16).padStart(7, '0').slice(-7))
    return pathVaries ? line.replaceAll(path, `${path}/${number}`) : line
  }
}

/** A log of at most so many lines and bytes. */
export function bodyOf(make: MakeLine, lines: number, bytes: number): Buffer {
  const parts: string[] = []
  let size = 0
  for (let number = 0; number < lines && size < bytes; number++) {
    const line = make(number)
    size += line.length + 1
    parts.push(line)
  }
  return Buffer.from(`${parts.join('\n')}\n`)
}
