import type { FieldMap } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { createJsonMap } from './json-map.ts'

/** Traefik's JSON access log as it comes: what a user would write in a map of his own. */
export const TRAEFIK_MAP: FieldMap = {
  time: { path: ['StartUTC', 'StartLocal', 'time'], unit: 'iso', kind: 'start' },
  method: ['RequestMethod'],
  target: ['RequestPath'],
  status: ['DownstreamStatus'],
  host: ['RequestHost', 'RequestAddr'],
  duration: { path: ['Duration'], unit: 'ns' },
  user: ['ClientUsername'],
  agent: ['request_User-Agent'],
  clientIp: ['ClientHost', 'ClientAddr'],
  deprecation: ['downstream_Deprecation', 'origin_Deprecation'],
  sunset: ['downstream_Sunset', 'origin_Sunset'],
  link: ['downstream_Link', 'origin_Link'],
  versionHeader: ['downstream_Api-Version', 'downstream_X-Api-Version'],
  headers: { path: '', prefix: 'request_' },
}

const ABOUT = { name: 'traefik-json', title: 'Traefik access log, JSON (2.x, 3.x)' }
const reader = createJsonMap(TRAEFIK_MAP, ABOUT)
const STARTS = ['StartUTC', 'StartLocal']
const MARKS = ['StartUTC', 'StartLocal', 'entryPointName', 'RouterName', 'OriginStatus', 'RequestCount', 'ClientAddr']

/**
 * Traefik access log with `format: json`: durations are nanoseconds, any field may be dropped by configuration, and
 * kept headers stand beside the fields as `request_…`, `origin_…`, `downstream_…`. `ClientUsername` is what the client
 * said where no auth middleware checked it (an address may carry a user): the source has to trust it (`remote-user`).
 * Also the attributes of its OTLP access logs, which carry the same names.
 */
export const traefikJson: JsonFormat = {
  kind: 'json',
  ...ABOUT,
  recognises: value =>
    Object.hasOwn(value, 'RequestMethod') && Object.hasOwn(value, 'DownstreamStatus') && hasAny(value, MARKS),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const outcome = reader.parse(value, context)
  // `time` is when the line was written, to the second.
  if (outcome.kind === 'ok' && !hasAny(value, STARTS)) outcome.value.timeKind = 'logged'
  if (outcome.kind === 'ok' && outcome.value.identities.length > 0) sayAsHeader(outcome.value, value)
  return outcome
}

function sayAsHeader(call: RawCall, value: JsonObject): void {
  const headers: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) if (key.startsWith('request_')) headers[key] = value[key]
  headers['request_remote-user'] = value.ClientUsername
  call.requestHeaders = headers
  call.identities = []
}
