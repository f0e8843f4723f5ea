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
