import Type, { type Static } from 'typebox'
import { closed } from './words.ts'

/** Judged like the cells of a CSV row: the rules for addresses, roles and consumer ids are the same. */
const cell = Type.String({ maxLength: 1_000, description: 'a text' })

export const customerSchema = Type.Object(
  {
    id: cell,
    consumers: Type.Array(cell, { default: [] }),
    contacts: Type.Array(
      Type.Object(
        {
          address: cell,
          role: Type.Optional(cell),
          language: Type.Optional(cell),
          zone: Type.Optional(cell),
        },
        closed,
      ),
      { default: [] },
    ),
    tags: Type.Array(cell, { default: [] }),
  },
  closed,
)
export type CustomerYaml = Static<typeof customerSchema>

export const customersSchema = Type.Union(
  [
    Type.Array(Type.Unknown()),
    Type.Object({ file: Type.String({ minLength: 1, maxLength: 1_000 }) }, closed),
    Type.Object({ files: Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { minItems: 1 }) }, closed),
  ],
  { description: 'a list of customers, { file: ./customers.csv }, or { files: [globs] }' },
)
