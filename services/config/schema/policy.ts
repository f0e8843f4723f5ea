import Type, { type Static } from 'typebox'
import { closed, id, line, oneOf, whole } from './words.ts'

const kinds = Type.Array(
  Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'a kind of change, such as response-field-added' }),
)
const yes = Type.Boolean()

/** Where a rule may name the clause of the published text it comes from. */
const CLAUSE_TOPICS = [
  'selector',
  'pinned',
  'additive',
  'breaking',
  'change-class',
  'announcement',
  'identify',
  'notice',
  'never-earlier',
  'reason',
  'sunset',
  'uncommitted',
  'successor',
  'guide',
  'support',
  'headers',
  'version-header',
  'until-sunset',
  'after-sunset',
  'unobservable',
  'breaking-fix',
  'changelog',
  'sdk',
] as const

export const policySchema = Type.Object(
  {
    id,
    /** The preset or file this one starts from. */
    extends: Type.Optional(line),
    title: line,
    source: Type.String({ maxLength: 500, description: 'where the published text stands' }),
    selectors: Type.Array(oneOf(['path', 'header', 'query', 'media-type', 'host']), { minItems: 1 }),
    notice: Type.Object({ days: whole(0, 36_500), months: whole(0, 1_200) }, closed),
    sunset: oneOf(['required', 'optional', 'never-committed']),
    'never-earlier': yes,
    requires: Type.Object({ reason: yes, successor: yes, guide: yes, support: yes, 'change-class': yes }, closed),
    changes: Type.Object(
      { unit: oneOf(['version', 'major']), additive: kinds, breaking: kinds, other: oneOf(['breaking', 'ask']) },
      closed,
    ),
    announcement: oneOf(['callers', 'all-customers', 'none']),
    stages: Type.Array(whole(-3_650, 36_500)),
    'digest-days': whole(0, 3_650),
    'without-date': oneOf(['deprecated', 'superseded']),
    headers: Type.Object(
      {
        deprecation: oneOf(['rfc9745', 'http-date', 'none']),
        sunset: yes,
        link: yes,
        version: Type.String({ pattern: '^[A-Za-z0-9-]{0,100}$', description: 'the name of a header, or "" for none' }),
      },
      closed,
    ),
    'after-sunset': oneOf(['gone', 'unspecified']),
    channels: Type.Array(oneOf(['mail', 'headers', 'changelog', 'banner', 'sdk-notes'])),
    clauses: Type.Object(Object.fromEntries(CLAUSE_TOPICS.map(topic => [topic, Type.Optional(line)])), closed),
  },
  closed,
)
export type PolicyYaml = Static<typeof policySchema>
