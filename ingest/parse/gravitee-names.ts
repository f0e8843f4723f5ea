/** How one of Gravitee's four record shapes calls what we read. */
export interface GraviteeNames {
  readonly time: string
  readonly method: string
  readonly duration: string
  readonly application: string
  readonly subscription: string
  readonly requestId: string
  readonly remote: string
  readonly agent: string
  readonly securityType: string
  readonly securityToken: string
  readonly ended: string
}

const JSON_WORDS = {
  time: 'timestamp',
  method: 'httpMethod',
  requestId: 'requestId',
  remote: 'remoteAddress',
  agent: 'userAgent',
  securityType: 'securityType',
  securityToken: 'securityToken',
  ended: 'requestEnded',
} as const
const ELASTIC_WORDS = {
  time: '@timestamp',
  remote: 'remote-address',
  agent: 'user-agent',
  securityType: 'security-type',
  securityToken: 'security-token',
  ended: 'request-ended',
} as const

/** JSON formatter of file, TCP and Kafka reporters, API definitions v2 and v4. */
export const JSON_V2: GraviteeNames = {
  ...JSON_WORDS,
  duration: 'proxyResponseTimeMs',
  application: 'application',
  subscription: 'subscription',
}
export const JSON_V4: GraviteeNames = {
  ...JSON_WORDS,
  duration: 'gatewayResponseTimeMs',
  application: 'applicationId',
  subscription: 'subscriptionId',
}
/** Elasticsearch formatter and reporter, v2 and v4. */
export const ELASTIC_V2: GraviteeNames = {
  ...ELASTIC_WORDS,
  method: 'method',
  duration: 'response-time',
  application: 'application',
  subscription: 'subscription',
  requestId: '_id',
}
export const ELASTIC_V4: GraviteeNames = {
  ...ELASTIC_WORDS,
  method: 'http-method',
  duration: 'gateway-response-time-ms',
  application: 'application-id',
  subscription: 'subscription-id',
  requestId: 'request-id',
}

/** io.gravitee.common.http.HttpMethod by code; the Elasticsearch shapes log the number. */
const METHODS = ['OTHER', 'CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'] as const

/** A method as logged: its name, or Gravitee's number for it. '' for neither. */
export function graviteeMethod(value: unknown): string {
  if (typeof value === 'number') return METHODS[value] ?? ''
  if (typeof value !== 'string') return ''
  return value.length === 1 ? (METHODS[value.charCodeAt(0) - 0x30] ?? value) : value
}

/**
 * Applications that stand for nobody: a keyless plan is application "1" with the caller's address as subscription,
 * and "?" or a name with UNKNOWN is what could not be resolved.
 */
export function isPlaceholder(application: string): boolean {
  return application === '1' || application === '?' || application.startsWith('UNKNOWN')
}
