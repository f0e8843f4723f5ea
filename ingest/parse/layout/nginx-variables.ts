import { type Meaning, SKIP } from './field.ts'
import { ownHeader, requestHeader, responseHeader } from './meanings.ts'

/** What a variable means and, of several that tell the same, how well it tells it. */
export interface Variable {
  readonly meaning: Meaning
  readonly rank: number
}

const KNOWN: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['msec', { meaning: { of: 'epoch', unit: 's' }, rank: 3 }],
  ['time_iso8601', { meaning: { of: 'iso' }, rank: 2 }],
  ['time_local', { meaning: { of: 'clf' }, rank: 1 }],
  ['request', { meaning: { of: 'request' }, rank: 1 }],
  ['request_method', { meaning: { of: 'method' }, rank: 1 }],
  ['request_uri', { meaning: { of: 'target' }, rank: 3 }],
  ['uri', { meaning: { of: 'decoded' }, rank: 1 }],
  ['document_uri', { meaning: { of: 'decoded' }, rank: 1 }],
  ['args', { meaning: { of: 'query' }, rank: 1 }],
  ['query_string', { meaning: { of: 'query' }, rank: 1 }],
  ['is_args', { meaning: { of: 'query-mark' }, rank: 1 }],
  ['status', { meaning: { of: 'status' }, rank: 1 }],
  ['host', { meaning: { of: 'host' }, rank: 3 }],
  ['http_host', { meaning: { of: 'host' }, rank: 2 }],
  ['server_name', { meaning: { of: 'host' }, rank: 1 }],
  ['server_port', { meaning: { of: 'port' }, rank: 1 }],
  ['remote_port', { meaning: { of: 'port' }, rank: 1 }],
  ['remote_addr', { meaning: { of: 'client' }, rank: 2 }],
  ['proxy_protocol_addr', { meaning: { of: 'client' }, rank: 1 }],
  ['http_user_agent', { meaning: { of: 'agent' }, rank: 1 }],
  ['request_id', { meaning: { of: 'request-id' }, rank: 3 }],
  ['req_id', { meaning: { of: 'request-id' }, rank: 2 }],
  ['http_x_request_id', { meaning: { of: 'request-id' }, rank: 1 }],
  ['request_time', { meaning: { of: 'duration', unit: 's' }, rank: 1 }],
  // Sent by the client (Basic), not checked by nginx: it counts only where the source trusts it.
  ['remote_user', { meaning: { of: 'request-header', name: 'remote-user' }, rank: 1 }],
  ['ssl_client_s_dn', { meaning: { of: 'certificate' }, rank: 1 }],
  ['ssl_client_verify', { meaning: { of: 'certificate-verified', word: 'SUCCESS' }, rank: 1 }],
  // Claims of a token that nginx verified (ngx_http_auth_jwt_module).
  ['jwt_claim_client_id', { meaning: { of: 'identity', kind: 'client' }, rank: 1 }],
  ['jwt_claim_azp', { meaning: { of: 'identity', kind: 'client' }, rank: 1 }],
  ['jwt_claim_sub', { meaning: { of: 'identity', kind: 'user' }, rank: 1 }],
])

/** Variables of nginx that say nothing of the caller; any other unknown one is the operator's own. */
const OF_NGINX =
  /^(?:upstream_|proxy_|ssl_|arg_|cookie_|tcpinfo_|realip_|geoip_|sent_trailer_|limit_|gzip_|connection|body_bytes_sent$|bytes_sent$|request_(?:length|completion|body|filename)|content_|hostname$|nginx_version$|pid$|pipe$|scheme$|https$|http[23]$|server_|binary_|document_root$|realpath_|remote_|namespace$|ingress_name$|service_)/

/**
 * What `$name` tells. `$http_*` are request headers, `$sent_http_*` and `$upstream_http_*` response headers. A variable
 * nginx does not have was set by the operator (`map`, `set`, a module): it comes out as request header `$name`, which
 * counts as identity where the source trusts it. (nginx.org, "Alphabetical index of variables".)
 */
export function nginxVariable(name: string): Variable {
  const known = KNOWN.get(name)
  if (known !== undefined) return known
  if (name.startsWith('http_')) return { meaning: requestHeader(dashed(name.slice(5))), rank: 1 }
  if (name.startsWith('sent_http_')) return { meaning: responseHeader(dashed(name.slice(10))), rank: 2 }
  if (name.startsWith('upstream_http_')) return { meaning: responseHeader(dashed(name.slice(14))), rank: 1 }
  if (OF_NGINX.test(name)) return { meaning: SKIP, rank: 1 }
  return { meaning: ownHeader(`$${name}`), rank: 1 }
}

/** True for variables that hold a list of hops, `10.0.0.1:80, 10.0.0.2:80`. */
export function isHopList(name: string): boolean {
  return (name.startsWith('upstream_') && !name.startsWith('upstream_http_')) || name === 'http_x_forwarded_for'
}

function dashed(name: string): string {
  return name.replaceAll('_', '-')
}
