/**
 * What a sender that cannot be installed here does with an answer, as its maker documents it (reference
 * gateway-formats.md §2: Kong and APISIX plugins and Fluent Bit, Vector, Logstash by source, Firehose, Cloudflare, Fastly and
 * omhttp by manual). Pauses are shortened: first and longest are what a test has patience for, growth is theirs.
 */
export interface Policy {
  /** As in the contract's table of senders. */
  readonly sender: string
  /** Told apart where one sender can be set in two ways. */
  readonly variant: string
  /** Records of a body, at most. */
  readonly batch: number
  /** Answers after which it sends again; with any other than 200 it gives the records up. */
  readonly repeatsOn: (status: number) => boolean
  /** A connection that was refused or lost. */
  readonly repeatsLost: boolean
  /** How often it sends one body at most, the first time included. */
  readonly attempts: number
  /** `same`: the very bytes again. `last`: of a batch only its last record. `regrouped`: its records, later, with others. */
  readonly again: 'same' | 'last' | 'regrouped'
  /** It closes the connection when no answer came for so long. */
  readonly timeoutMs: number
}

const EVER = Number.POSITIVE_INFINITY
const from = (...statuses: readonly number[]) => {
  const all = new Set(statuses)
  return (status: number): boolean => all.has(status)
}
const serverFault = (status: number): boolean => status >= 500
const forEver = { variant: '', batch: 10, attempts: EVER, again: 'same', repeatsLost: true, timeoutMs: 60_000 } as const

export const POLICIES: readonly Policy[] = [
  { ...forEver, sender: 'Amazon Data Firehose', repeatsOn: () => true },
  {
    ...forEver,
    sender: 'Vector http sink',
    repeatsOn: status => status === 408 || status === 429 || (serverFault(status) && status !== 501),
  },
  {
    ...forEver,
    sender: 'Fluent Bit http output',
    variant: 'Retry_Limit False',
    repeatsOn: status => status === 408 || status === 429 || serverFault(status),
  },
  {
    ...forEver,
    sender: 'Fluent Bit http output',
    variant: 'Retry_Limit 1, the default',
    repeatsOn: status => status === 408 || status === 429 || serverFault(status),
    attempts: 2,
  },
  { ...forEver, sender: 'Logstash http output with json_batch', repeatsOn: from(429, 500, 502, 503, 504) },
  { ...forEver, sender: 'Kong http-log', batch: 1, repeatsOn: status => status >= 300, timeoutMs: 10_000 },
  {
    ...forEver,
    sender: 'APISIX http-logger',
    variant: 'max_retry_count raised',
    repeatsOn: status => status >= 400,
    timeoutMs: 3_000,
  },
  {
    ...forEver,
    sender: 'APISIX http-logger',
    variant: 'max_retry_count 0, the default',
    repeatsOn: status => status >= 400,
    attempts: 1,
    timeoutMs: 3_000,
  },
  // Neither documents a repeat: what a failed push held counts as given up.
  { ...forEver, sender: 'Cloudflare Logpush', repeatsOn: () => false, repeatsLost: false, attempts: 1 },
  { ...forEver, sender: 'Fastly HTTPS logging', repeatsOn: () => false, repeatsLost: false, attempts: 1 },
  { ...forEver, sender: 'rsyslog omhttp', variant: 'one record a body', batch: 1, repeatsOn: serverFault },
  { ...forEver, sender: 'rsyslog omhttp', variant: 'batches', repeatsOn: serverFault, again: 'last' },
  {
    ...forEver,
    sender: 'rsyslog omhttp',
    variant: 'batches with retry.ruleset',
    repeatsOn: serverFault,
    again: 'regrouped',
  },
]
