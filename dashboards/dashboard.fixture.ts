import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const Text = Type.String({ minLength: 1 })
const Source = Type.Object({
  type: Type.Literal('grafana-clickhouse-datasource'),
  uid: Type.Literal('lastcall-clickhouse'),
})
const Property = Type.Object({ id: Text, value: Type.Unknown() })

const Panel = Type.Object({
  id: Type.Integer(),
  type: Type.Union([Type.Literal('timeseries'), Type.Literal('table'), Type.Literal('stat')]),
  title: Text,
  description: Text,
  datasource: Source,
  gridPos: Type.Object({ x: Type.Integer(), y: Type.Integer(), w: Type.Integer(), h: Type.Integer() }),
  fieldConfig: Type.Object({
    defaults: Type.Object({ unit: Type.Optional(Text) }),
    overrides: Type.Array(
      Type.Object({
        matcher: Type.Object({ id: Type.Literal('byName'), options: Text }),
        properties: Type.Array(Property),
      }),
    ),
  }),
  targets: Type.Array(
    Type.Object({
      refId: Text,
      datasource: Source,
      rawSql: Text,
      queryType: Type.Union([Type.Literal('timeseries'), Type.Literal('table')]),
      format: Type.Integer(),
    }),
    { minItems: 1, maxItems: 1 },
  ),
})
const Variable = Type.Object({
  name: Text,
  label: Text,
  type: Type.Literal('query'),
  datasource: Source,
  query: Text,
  definition: Text,
  includeAll: Type.Boolean(),
  multi: Type.Boolean(),
})
const Dashboard = Type.Object({
  uid: Text,
  title: Text,
  description: Text,
  schemaVersion: Type.Integer(),
  timezone: Type.Literal('utc'),
  templating: Type.Object({ list: Type.Array(Variable) }),
  links: Type.Array(Type.Object({ url: Text })),
  panels: Type.Array(Panel, { minItems: 1 }),
})

export type Panel = Type.Static<typeof Panel>
export type Dashboard = Type.Static<typeof Dashboard>

/** A dashboard of this folder by its file's name without `.json`. Throws where it is not of the shape we hold. */
export function readDashboard(name: string): Dashboard {
  const read: unknown = JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'))
  return Value.Parse(Dashboard, read)
}
