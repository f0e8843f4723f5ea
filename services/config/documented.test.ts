import { readFileSync } from 'node:fs'
import t from 'tap'
import Type, { type TSchema } from 'typebox'
import { apiSchema, changeSchema, deprecationSchema } from './schema/api.ts'
import { customerSchema } from './schema/customer.ts'
import { mainSchema } from './schema/main.ts'
import { policySchema } from './schema/policy.ts'
import { sourceSchema } from './schema/source.ts'

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

function keysOf(schema: TSchema): string[] {
  if (Type.IsArray(schema)) return keysOf(schema.items)
  if (!Type.IsObject(schema)) return []
  return Object.entries(schema.properties).flatMap(([key, inner]) => [key, ...keysOf(inner)])
}

t.test('every key of the catalogue and the settings is explained in the docs', async t => {
  const docs = read('catalogue.md')
  const schemas = [mainSchema, sourceSchema, apiSchema, deprecationSchema, changeSchema, customerSchema]
  for (const key of new Set(schemas.flatMap(keysOf)))
    t.match(docs, new RegExp(`\`${key}\`|[{ \`]${key}: |^## ${key}$`, 'm'), key)
})

t.test('every key of a policy is explained in the docs', async t => {
  const docs = read('policies.md')
  const { clauses: _, ...properties } = policySchema.properties
  for (const key of new Set(keysOf(Type.Object(properties)))) t.match(docs, new RegExp(`\`${key}\`|\\b${key}: `), key)
})
