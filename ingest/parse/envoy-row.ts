import { type Drop, drop } from '../../services/domain/outcome.ts'

/**
 * Envoy can log one request several times: when it starts, while it runs, per attempt upstream
 * (`%ACCESS_LOG_TYPE%`, envoy.data.accesslog.v3.AccessLogType). Only the row at its end stands for the call;
 * `NotSet` is what an Envoy that knows no types writes. Undefined means: count it.
 */
export function extraRow(accessLogType: string): Drop | undefined {
  if (accessLogType === '' || accessLogType === 'DownstreamEnd' || accessLogType === 'NotSet') return undefined
  if (accessLogType.startsWith('Upstream')) return drop('subrequest')
  return drop('not-a-request')
}

/** A row of a TCP connection, or of a stream that ended before its request was read: neither method nor path. */
export function hasNoRequest(method: string, path: string): boolean {
  return method === '' && path === ''
}

/** Envoy's `ip:port`, `[v6]:port` or bare address without the port; of a forwarded list the first. */
export function peerAddress(text: string): string {
  const comma = text.indexOf(',')
  const first = comma === -1 ? text : text.slice(0, comma)
  if (first.charCodeAt(0) === 0x5b) {
    const close = first.indexOf(']')
    return close === -1 ? '' : first.slice(1, close)
  }
  const colon = first.indexOf(':')
  return colon !== -1 && colon === first.lastIndexOf(':') ? first.slice(0, colon) : first
}
