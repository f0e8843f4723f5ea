import type { JsonObject } from '../format.ts'
import { isObject } from '../json-value.ts'
import type { ObjectEnvelope } from './envelope.ts'

const ACTIONS = new Set(['index', 'create', 'update', 'delete'])

/**
 * The action in front of each document of an Elasticsearch `_bulk` body (`{"index":{"_index":"…"}}`): it is no
 * record, the document behind it is.
 */
export const elasticBulk: ObjectEnvelope = { name: 'elastic-bulk', open: isAction }

function isAction(value: JsonObject): boolean {
  const keys = Object.keys(value)
  const name = keys[0]
  if (keys.length !== 1 || name === undefined || !ACTIONS.has(name)) return false
  const meta = value[name]
  return (
    isObject(meta) &&
    Object.keys(meta).every(
      key => typeof meta[key] !== 'object' && (key.startsWith('_') || key === 'pipeline' || key === 'routing'),
    )
  )
}
