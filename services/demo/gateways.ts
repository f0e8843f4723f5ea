import type { DemoCall } from './plan.ts'

export const HOSTS = { atlas: 'api.atlas.example', sift: 'api.sift.example', harbor: 'api.harbor.example' } as const

/** One call as Kong's http-log plugin writes it (3.x), with what the demo needs of it. */
export function asKong(call: DemoCall, headers: Readonly<Record<string, string>>): string {
  const { actor } = call
  const host = HOSTS[actor.api]
  const requestHeaders: Record<string, string> = {
    host,
    'user-agent': actor.agent,
    ...(call.key === '' ? {} : { 'x-api-key': call.key }),
  }
  return JSON.stringify({
    request: {
      id: call.requestId,
      method: call.operation.method,
      uri: call.path,
      url: `https://${host}:443${call.path}`,
      querystring: {},
      headers: requestHeaders,
      size: 310,
    },
    response: { status: call.status, headers: { 'content-type': 'application/json', ...headers }, size: 1204 },
    latencies: { request: call.durationMs, proxy: call.durationMs - 2, kong: 2 },
    ...(actor.consumer === '' || call.status === 401
      ? {}
      : { consumer: { id: idOf(actor.consumer), username: actor.consumer } }),
    route: { name: `${actor.api}-main`, paths: ['/'] },
    service: { name: actor.api, host: `${actor.api}.internal.example` },
    client_ip: '203.0.113.7',
    started_at: call.time,
  })
}

/** One line of an nginx `log_format … escape=json` file, as docs/formats/nginx-json.md recommends it. */
export function asNginxJson(call: DemoCall, headers: Readonly<Record<string, string>>): string {
  const end = (call.time + call.durationMs) / 1000
  return JSON.stringify({
    v: '1',
    msec: end.toFixed(3),
    request_id: call.requestId,
    method: call.operation.method,
    host: HOSTS[call.actor.api],
    request_uri: call.path,
    status: String(call.status),
    bytes: '1204',
    request_time: (call.durationMs / 1000).toFixed(3),
    ua: call.actor.agent,
    consumer: call.status === 401 ? '' : call.actor.consumer,
    x_api_key: call.key,
    user: '',
    client: '203.0.113.7',
    xff: '',
    deprecation: headers.deprecation ?? '',
    sunset: headers.sunset ?? '',
  })
}

/** One line of nginx's `combined`; the user is what Basic auth said. */
export function asCombined(call: DemoCall): string {
  const at = Temporal.Instant.fromEpochMilliseconds(call.time).toZonedDateTimeISO('UTC')
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][at.month - 1]
  const two = (value: number): string => String(value).padStart(2, '0')
  const stamp = `${two(at.day)}/${month}/${at.year}:${two(at.hour)}:${two(at.minute)}:${two(at.second)} +0000`
  return `203.0.113.7 - ${call.status === 401 || call.actor.consumer === '' ? '-' : call.actor.consumer} [${stamp}] "${call.operation.method} ${call.path} HTTP/1.1" ${call.status} 1204 "-" "${call.actor.agent}"`
}

/** A uuid-shaped id that the name alone decides, as Kong would have given it once. */
export function idOf(name: string): string {
  const hex = Buffer.from(name.padEnd(16, '.')).toString('hex').padEnd(32, '0').slice(0, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
