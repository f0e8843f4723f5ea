import { FIRST_SPECIMENS } from './first-specimens.ts'
import { JSON_SPECIMENS } from './json-specimens.ts'
import { TEXT_SPECIMENS } from './text-specimens.ts'

/** Records of every format, by format, as they stand in a log. */
export const SPECIMENS: ReadonlyMap<string, readonly string[]> = new Map([
  ...FIRST_SPECIMENS,
  ...TEXT_SPECIMENS,
  ...[...JSON_SPECIMENS].map(([format, records]) => [format, records.map(record => JSON.stringify(record))] as const),
])
