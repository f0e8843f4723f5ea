import Type, { type Static } from 'typebox'
import { kafkaSourceSchema, sourceLimitsSchema, syslogSchema } from './connections.ts'
import { closed, digest, id, line, oneOf } from './words.ts'

const header = Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$", description: 'the name of a header' })
/** One dotted path into a record, or several that are tried in order. */
const path = Type.Union([line, Type.Array(line, { minItems: 1 })], {
  description: 'a dotted path into the record, or a list of them',
})
const maybePath = Type.Optional(path)

/** Where a JSON record of no known format keeps what a call needs. */
export const fieldMapSchema = Type.Object(
  {
    time: Type.Object(
      {
        path,
        unit: oneOf(['iso', 'clf', 's', 'ms', 'us', 'ns']),
        zone: Type.Optional(line),
        kind: oneOf(['start', 'end', 'logged'], { default: 'logged' }),
      },
      closed,
    ),
    method: path,
    target: path,
    status: path,
    host: maybePath,
    route: maybePath,
    duration: Type.Optional(Type.Object({ path, unit: oneOf(['s', 'ms', 'us', 'ns']) }, closed)),
    consumer: maybePath,
    user: maybePath,
    key: maybePath,
    agent: maybePath,
    'client-ip': maybePath,
    'request-id': maybePath,
    deprecation: maybePath,
    sunset: maybePath,
    link: maybePath,
    'version-header': maybePath,
    headers: Type.Optional(
      Type.Object({ path: line, prefix: Type.String({ maxLength: 100, default: '', description: 'a text' }) }, closed),
    ),
    nothing: Type.Optional(Type.Array(Type.String({ maxLength: 100, description: 'a word that means nothing' }))),
  },
  closed,
)
export type FieldMapYaml = Static<typeof fieldMapSchema>

export const sourceSchema = Type.Object(
  {
    id,
    format: Type.String({ ...line, default: 'auto' }),
    realm: Type.Optional(id),
    key: Type.Optional(Type.Object({ header: Type.Optional(header), query: Type.Optional(line) }, closed)),
    'trusted-headers': Type.Array(header, { default: [] }),
    host: Type.String({ maxLength: 253, description: 'a host name', default: '' }),
    zone: Type.String({ ...line, default: 'UTC' }),
    /** A file to follow, or a glob of them. */
    file: Type.Optional(Type.Object({ path: line }, closed)),
    syslog: Type.Optional(syslogSchema),
    kafka: Type.Optional(kafkaSourceSchema),
    limits: sourceLimitsSchema,
    map: Type.Optional(fieldMapSchema),
    layout: Type.String({ maxLength: 8_000, description: 'the log format as the gateway has it', default: '' }),
    tokens: Type.Array(digest, { default: [] }),
    'keep-query': Type.Array(line, { default: [] }),
    authoritative: Type.Array(line, { default: [] }),
    test: Type.Object(
      {
        agents: Type.Array(line, { default: [] }),
        networks: Type.Array(line, { default: [] }),
        consumers: Type.Array(line, { default: [] }),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
)
export type SourceYaml = Static<typeof sourceSchema>
