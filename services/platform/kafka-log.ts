import type { Log } from './log.ts'

/** What a broker says while it starts, elects or moves something: kafkajs tries again by itself. */
const PASSING = [
  'group coordinator is not available',
  'coordinator is loading',
  'not the correct coordinator',
  'not aware of this member',
  'group is rebalancing',
  'no leader for this topic-partition',
  'leadership election',
  'does not host this topic-partition',
  'not the leader for that topic-partition',
  'topic has been updated',
  'concurrent transactions',
  'Limiting retries for the idempotent producer',
] as const

/** A line of kafkajs: its level (1 error, 2 warning, 4 info, 5 debug), its part, and fields beside the message. */
export interface KafkaLogEntry {
  readonly namespace: string
  readonly level: number
  readonly log: { readonly message: string; readonly [field: string]: unknown }
}

const LEVELS = new Map<number, 'error' | 'warn' | 'info' | 'debug'>([
  [1, 'error'],
  [2, 'warn'],
  [4, 'info'],
  [5, 'debug'],
])

/**
 * kafkajs's log as lines of ours: passing troubles at debug, its ERROR at warn (whether it is one, the topic says
 * when it gives up), its INFO at debug. Only known fields are taken: no payload can come along.
 */
export function kafkaLog(log: Log): () => (entry: KafkaLogEntry) => void {
  return () => entry => {
    const { message, error, groupId, broker } = entry.log
    const fields = {
      part: entry.namespace,
      ...textField('error', error),
      ...textField('group', groupId),
      ...textField('broker', broker),
    }
    const level = LEVELS.get(entry.level) ?? 'debug'
    const passing = PASSING.some(words => `${message} ${typeof error === 'string' ? error : ''}`.includes(words))
    if (passing || level === 'info' || level === 'debug') log.debug(fields, `kafka: ${message}`)
    else log.warn(fields, `kafka: ${message}`)
  }
}

function textField(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' ? { [name]: value.slice(0, 500) } : {}
}
