import { createParser } from '../ingest/parse/parser.ts'
import { type LogRecord, recordOf } from '../ingest/records/record.ts'
import { defaultSource } from '../services/config/open-catalogue.ts'
import { RECEIVED, recordsOf } from './read-sample.ts'
import { SAMPLES } from './sample-table.ts'
import { SPECIMENS } from './specimens.ts'

/**
 * Files that hold more than their first call's format, or none that makes a call: what a reader of the file finds
 * in it. '' is left out: a line may always be unknown.
 */
const HELD: ReadonlyMap<string, readonly string[]> = new Map([
  ['nginx/nginx-proxy-manager.log', ['nginx-proxy-manager', 'combined']],
  ['nginx/nginx-malformed-requests.log', ['combined']],
  ['generated/nginx-1.22-json-UNQUOTED-invalid.ndjson', ['nginx-json']],
  ['envoy/envoy-gateway-cri-json.log', ['envoy-gateway', 'envoy-text']],
  ['apache/apache2-mixed.log', ['combined', 'common']],
  ['generated/rsyslog-8.2302-forwardformat-octet-counted.tcp', ['combined', 'haproxy']],
  ['generated/rsyslog-8.2302-omfwd-default-3164-lf.tcp', ['combined', 'haproxy']],
  ['generated/rsyslog-8.2302-protocol23-5424-lf.tcp', ['combined', 'haproxy']],
  ['synthetic/azure-apim-log-to-eventhub-pretty.json', ['azure-eventhub']],
  ['synthetic/cloudflare-test.txt.gz', ['cloudflare']],
])

/** The formats a sample's lines may be read as. */
export function formatsIn(file: string): readonly string[] {
  const sample = SAMPLES.find(({ file: name }) => name === file)
  return HELD.get(file) ?? (sample === undefined || sample.format === '' ? [] : [sample.format])
}

/** What each line of these records is read as by `auto`; '' is unknown. */
export function formatsRead(records: readonly LogRecord[]): string[] {
  const parser = createParser(defaultSource('auto'))
  const formats: string[] = []
  for (const record of records) parser.parse(record, RECEIVED, format => formats.push(format))
  return formats
}

/** Of every format (rows): how many of its records were read as what. Specimens, and samples that hold one format. */
export async function confusion(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const table = new Map<string, Map<string, number>>()
  const count = (format: string, found: readonly string[]): void => {
    const row = table.get(format) ?? new Map<string, number>()
    table.set(format, row)
    for (const name of found) row.set(name, (row.get(name) ?? 0) + 1)
  }
  for (const [format, records] of SPECIMENS)
    for (const record of records) count(format, formatsRead([recordOf(Buffer.from(record))]))
  for (const { file } of SAMPLES) {
    const [format, ...others] = formatsIn(file)
    if (format !== undefined && others.length === 0) count(format, formatsRead(await recordsOf(file)))
  }
  return table
}
