import type { Operation } from '../../domain/catalogue.ts'
import { fault } from '../findings.ts'
import type { Item } from '../item.ts'
import type { Reader } from '../reader.ts'
import type { ApiYaml } from '../schema/api.ts'
import { readOpenApi } from './openapi.ts'
import { readOperation } from './things.ts'

const MAX_OPERATIONS = 20_000

/** What an API's `operations` lists, in YAML or in an OpenAPI file; undefined when it lists nothing. */
export async function readOperations(item: Item<ApiYaml>, reader: Reader): Promise<readonly Operation[] | undefined> {
  const { operations } = item.value
  if (operations === undefined) return undefined
  const listed = Array.isArray(operations)
    ? operations.flatMap((text, index) => readOperation(text, item.at('operations', index), reader.findings) ?? [])
    : await fromOpenApi(operations, item, reader)
  if (listed.length <= MAX_OPERATIONS) return listed
  reader.findings.push(
    fault(
      item.at('operations'),
      'LC_OPERATIONS_MANY',
      `${listed.length} operations, more than ${MAX_OPERATIONS}`,
      'Split the API, or list only what may be called.',
    ),
  )
  return []
}

async function fromOpenApi(
  from: string | { openapi: string; base?: string },
  item: Item<ApiYaml>,
  reader: Reader,
): Promise<readonly Operation[]> {
  const { openapi, base } = typeof from === 'string' ? { openapi: from, base: undefined } : from
  const place = item.at('operations')
  const text = await reader.readYaml(reader.resolve(place.file, openapi), place)
  return text === undefined ? [] : readOpenApi(text, base, reader.findings)
}
