import type { FieldMap } from '../../services/domain/catalogue.ts'
import { drop, type Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { anyTime } from './any-time.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { createJsonMap } from './json-map.ts'
import { isObject, own } from './json-value.ts'

/** Caddy 2's access log as it comes (`format json`): what a user would write in a map of his own. */
export const CADDY_MAP: FieldMap = {
  time: { path: ['ts'], unit: 's', kind: 'end' },
  method: ['request.method'],
  target: ['request.uri'],
  status: ['status'],
  host: ['request.host'],
  duration: { path: ['duration'], unit: 's' },
  user: ['user_id'],
  agent: ['request.headers.User-Agent'],
  clientIp: ['request.client_ip', 'request.remote_ip', 'request.remote_addr'],
  deprecation: ['resp_headers.Deprecation'],
  sunset: ['resp_headers.Sunset'],
  link: ['resp_headers.Link'],
  versionHeader: ['resp_headers.Api-Version', 'resp_headers.X-Api-Version'],
  headers: { path: 'request.headers', prefix: '' },
}

const ABOUT = { name: 'caddy', title: 'Caddy 2 access log' }
// The encoder's time_format may not be the default.
const reader = createJsonMap(CADDY_MAP, ABOUT, (value, _, zone) => anyTime(value, zone))

/**
 * Caddy access log (modules/logging, http.log.access): `ts` is the request's end, by default in seconds, in any unit
 * or layout the encoder was given; `user_id` is asserted. Credentials come as `[]` or `REDACTED`, other headers and
 * the query as they are. Other loggers share the stream and are no calls.
 */
export const caddy: JsonFormat = {
  kind: 'json',
  ...ABOUT,
  recognises: value => isCaddy(own(value, 'logger')) && Object.hasOwn(value, 'msg') && Object.hasOwn(value, 'ts'),
  parse,
}

function isCaddy(logger: unknown): boolean {
  return typeof logger === 'string' && /^(?:http|tls|admin|caddy|pki|docker-proxy|dynamic_dns)(?:\.|$)/.test(logger)
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const logger = own(value, 'logger')
  if (typeof logger !== 'string' || !logger.startsWith('http.log.access') || !isObject(own(value, 'request')))
    return drop('not-a-request')
  return reader.parse(value, context)
}
