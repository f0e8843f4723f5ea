import { type Attributes, type LogRecord, logs, SeverityNumber } from '@opentelemetry/api'

/** Of one record at most: the log is ours, but an error's text may be long. */
const FIELDS = 32
const CHARACTERS = 2_000
/** What a record says elsewhere than among its attributes. */
const ELSEWHERE = new Set(['level', 'time', 'name', 'msg', 'trace_id', 'span_id', 'err'])

const SEVERITIES = new Map<unknown, readonly [SeverityNumber, string]>([
  [10, [SeverityNumber.TRACE, 'TRACE']],
  [20, [SeverityNumber.DEBUG, 'DEBUG']],
  [30, [SeverityNumber.INFO, 'INFO']],
  [40, [SeverityNumber.WARN, 'WARN']],
  [50, [SeverityNumber.ERROR, 'ERROR']],
  [60, [SeverityNumber.FATAL, 'FATAL']],
])

/** Hands one line of the log to the OpenTelemetry SDK. Trace and span are those under way: the log writes at once. */
export function emitLine(line: string): void {
  logs.getLogger('lastcall').emit(recordOf(line))
}

/** One line of pino as a record of OpenTelemetry's log data model; an error as `exception.*`. */
export function recordOf(line: string): LogRecord {
  const fields = new Map<string, unknown>(Object.entries(JSON.parse(line)))
  const [severityNumber, severityText] = SEVERITIES.get(fields.get('level')) ?? [SeverityNumber.UNSPECIFIED, '']
  const at = fields.get('time')
  const attributes: Attributes = {}
  let count = 0
  for (const [name, value] of fields) {
    if (ELSEWHERE.has(name) || value === undefined || value === null || count >= FIELDS) continue
    attributes[name] = typeof value === 'number' || typeof value === 'boolean' ? value : short(value)
    count += 1
  }
  const fault = fields.get('err')
  if (typeof fault === 'object' && fault !== null) {
    for (const [name, of] of [
      ['type', 'type'],
      ['message', 'message'],
      ['stacktrace', 'stack'],
    ] as const) {
      const value: unknown = Reflect.get(fault, of)
      if (typeof value === 'string') attributes[`exception.${name}`] = short(value)
    }
  }
  return {
    ...(typeof at === 'string' ? { timestamp: Temporal.Instant.from(at).epochMilliseconds } : {}),
    severityNumber,
    severityText,
    body: short(fields.get('msg') ?? ''),
    attributes,
  }
}

function short(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, CHARACTERS)
}
