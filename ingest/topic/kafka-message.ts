import { type Block, type BlockHeaders, SCHEMA_VERSION, type StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { KafkaMessage, Message } from '../../services/platform/kafka.ts'
import { rowsOf } from '../block/native.ts'

/** The Kafka header that carries a block's headers as JSON; the value is the Native block alone, for any reader. */
const HEADERS = 'lastcall-block'

/** A block as a Kafka message. Empty blocks have an empty value, never none: that would be a tombstone. */
export function messageOf(partition: number, block: Block): Message {
  const { traceparent } = block.headers
  const value = Buffer.from(block.payload.buffer, block.payload.byteOffset, block.payload.byteLength)
  // W3C Trace Context: other tools look for this header under this name.
  const headers = { [HEADERS]: JSON.stringify(block.headers), ...(traceparent === undefined ? {} : { traceparent }) }
  return { partition, value, headers }
}

/**
 * The block in a message of ours. `before` is the highest log time below it. Throws LC_TOPIC_FOREIGN for what is
 * none of ours, LC_BLOCK_UNREADABLE for a payload that does not begin as a block does.
 */
export function blockOf(partition: number, message: KafkaMessage, before: number): StoredBlock {
  const payload = message.value ?? Buffer.alloc(0)
  return {
    headers: headersOf(partition, message),
    payload,
    rows: rowsOf(payload),
    partition,
    offset: BigInt(message.offset),
    logTime: Math.max(Number(message.timestamp), before),
  }
}

function headersOf(partition: number, message: KafkaMessage): BlockHeaders {
  const text = message.headers?.[HEADERS]
  if (text !== undefined && !Array.isArray(text)) {
    try {
      const headers: unknown = JSON.parse(text.toString())
      if (isHeaders(headers)) return headers
    } catch {
      // Falls through: not ours.
    }
  }
  throw new LcError(
    'LC_TOPIC_FOREIGN',
    `What stands at offset ${message.offset} of partition ${partition} is not a block of Last Call.`,
    `Let nothing else write to the topic (version ${SCHEMA_VERSION} of a block); see who does, and move the group past it.`,
  )
}

function isHeaders(value: unknown): value is BlockHeaders {
  if (typeof value !== 'object' || value === null) return false
  return (
    'schema' in value &&
    typeof value.schema === 'number' &&
    'uploads' in value &&
    Array.isArray(value.uploads) &&
    'source' in value
  )
}
