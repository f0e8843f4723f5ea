import Type, { type Static } from 'typebox'
import { closed, httpUrl, id, line, oneOf, text } from './words.ts'

const date = Type.String({ ...line, description: 'a date such as 2026-12-20' })
const version = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$',
  description: 'the name of a version, such as v1 or 2026-08-01',
})

/** Exactly one key; a rule of its own says so when it is not. */
export const thingSchema = Type.Object(
  {
    operation: Type.Optional(Type.String({ ...line, maxLength: 2_000, description: '"METHOD /path/{template}"' })),
    version: Type.Optional(version),
    field: Type.Optional(line),
    'error-code': Type.Optional(line),
  },
  closed,
)
export type ThingYaml = Static<typeof thingSchema>

export const deprecationSchema = Type.Object(
  {
    id,
    /** Which API it is of, where it does not stand inside one. */
    api: Type.Optional(id),
    thing: thingSchema,
    announced: date,
    /** Under a policy that never commits to a date: when the retirement was declared after all. */
    retirement: Type.Optional(Type.Object({ announced: date }, closed)),
    sunset: Type.Optional(
      Type.String({
        ...line,
        description: 'a date such as 2026-12-20 (00:00 in the API’s zone), or an instant such as 2026-12-20T12:00:00Z',
      }),
    ),
    reason: Type.Optional(text),
    successor: Type.Optional(thingSchema),
    guide: Type.Optional(
      Type.Object(
        {
          url: Type.Optional(httpUrl),
          'from-to': Type.Optional(
            Type.Array(Type.Object({ from: line, to: line, note: Type.Optional(text) }, closed), { minItems: 1 }),
          ),
        },
        closed,
      ),
    ),
    'renamed-from': Type.Optional(id),
  },
  closed,
)
export type DeprecationYaml = Static<typeof deprecationSchema>

export const changeSchema = Type.Object(
  {
    api: Type.Optional(id),
    date,
    version,
    kind: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,63}$',
      description: 'a kind of change, such as response-field-added',
    }),
    class: Type.Optional(oneOf(['additive', 'breaking'])),
    text,
  },
  closed,
)
export type ChangeYaml = Static<typeof changeSchema>

export const apiSchema = Type.Object(
  {
    id,
    policy: Type.String({
      ...line,
      description: 'the name of a preset, or the path of a policy of your own (./policy.yaml)',
    }),
    hosts: Type.Array(Type.String({ minLength: 1, maxLength: 255, description: 'a host name, *.example.com, or *' }), {
      minItems: 1,
    }),
    zone: Type.String({ ...line, default: 'UTC' }),
    version: Type.Object(
      {
        in: oneOf(['path', 'header', 'query', 'media-type', 'host'], { default: 'path' }),
        name: Type.Optional(line),
      },
      { ...closed, default: {} },
    ),
    operations: Type.Optional(
      Type.Union(
        [
          Type.String({ minLength: 1, maxLength: 1_000 }),
          Type.Array(Type.String({ maxLength: 2_000 })),
          Type.Object({ openapi: line, base: Type.Optional(line) }, closed),
        ],
        {
          description:
            'a list of "METHOD /path/{template}", the path of an OpenAPI file, or { openapi: FILE, base: /v1 }',
        },
      ),
    ),
    support: Type.String({
      maxLength: 500,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      description: 'an address or a link where customers get help',
      default: '',
    }),
    versions: Type.Array(Type.Object({ id: version, released: date }, closed), { default: [] }),
    /** Checked one by one, so that a fault in one hides none of the others. */
    deprecations: Type.Array(Type.Unknown(), { default: [] }),
    changes: Type.Array(Type.Unknown(), { default: [] }),
  },
  closed,
)
export type ApiYaml = Static<typeof apiSchema>
