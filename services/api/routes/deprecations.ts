import Type from 'typebox'
import { LcError } from '../../domain/errors.ts'
import type { DeprecationStanding } from '../../standing/standing.ts'
import type { Standings } from '../../standing/standings.ts'
import type { App } from '../app.ts'
import { pageOf, pageQuery, sendPage } from '../list.ts'

const instant = Type.String({ description: 'RFC 3339, UTC' })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const deprecation = Type.Object({
  id: Type.String(),
  api: Type.String(),
  thing: Type.String({ description: '`operation METHOD /path/{id}`, `version v1`, `field …` or `error-code …`' }),
  announced: Type.String({ description: 'YYYY-MM-DD in the API’s zone' }),
  sunset: nullable(Type.String({ description: 'YYYY-MM-DD in the API’s zone: the first day without it' })),
  sunsetInstant: nullable(instant),
  daysLeft: nullable(Type.Integer({ description: 'calendar days in the API’s zone' })),
  consumersLeft: Type.Integer({ description: 'consumers that have still to migrate' }),
  consumersEver: Type.Integer(),
  calls7d: Type.Integer({ description: 'calls in the last 7 complete UTC days, class use, refused ones left out' }),
  calls7dBefore: Type.Integer(),
  unidentifiedCalls7d: Type.Integer({ description: 'of calls7d, those that name nobody' }),
  lastCall: nullable(instant),
  state: Type.String({
    description: 'announced, countdown, sunset, or the policy’s word for a deprecation without a date',
  }),
  policy: Type.String(),
  successor: nullable(Type.String()),
  observable: Type.Boolean({ description: 'false: an access log cannot show its use' }),
})

const consumer = Type.Object({
  consumer: Type.String(),
  customer: nullable(Type.String()),
  calls: Type.Integer(),
  first: instant,
  last: instant,
  calls7d: Type.Integer(),
  calls7dBefore: Type.Integer(),
  trend7d: Type.Integer({ description: 'calls7d − calls7dBefore' }),
  state: Type.String({ description: 'migration state' }),
  reachable: Type.Boolean({ description: 'its customer has a contact with an address' }),
})

/** `/api/v1/deprecations`, one of them, and who still calls it. */
export function deprecationRoutes(app: App, standings: Standings): void {
  app.get(
    '/api/v1/deprecations',
    {
      schema: {
        summary: 'Every deprecation and where it stands',
        querystring: pageQuery,
        response: { 200: pageOf(deprecation) },
      },
    },
    async (request, reply) => sendPage(request, reply, (await standings.all()).map(asRow), row => row.id),
  )

  app.get(
    '/api/v1/deprecations/:id',
    { schema: { summary: 'One deprecation', response: { 200: deprecation } } },
    async request => asRow(await standingOf(standings, request.params)),
  )

  app.get(
    '/api/v1/deprecations/:id/consumers',
    {
      schema: {
        summary: 'Who still calls it, most calls in the last 7 days first',
        querystring: pageQuery,
        response: { 200: pageOf(consumer) },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, consumersOf(await standingOf(standings, request.params)), row => row.consumer),
  )
}

async function standingOf(standings: Standings, params: unknown): Promise<DeprecationStanding> {
  const { id } = params as { id: string }
  const standing = await standings.of(id)
  if (standing === undefined)
    throw new LcError(
      'LC_DEPRECATION_UNKNOWN',
      'No deprecation has this id.',
      'GET /api/v1/deprecations lists them.',
      2,
    )
  return standing
}

/** The public row of a deprecation. */
export function asRow(standing: DeprecationStanding) {
  const { deprecation: it, countdown } = standing
  return {
    id: it.id,
    api: it.api,
    thing: standing.thing,
    announced: it.announced,
    sunset: it.sunset?.date ?? null,
    sunsetInstant: it.sunset?.instant ?? null,
    daysLeft: countdown.daysLeft,
    consumersLeft: standing.consumersLeft,
    consumersEver: standing.consumersEver,
    calls7d: standing.calls7d,
    calls7dBefore: standing.calls7dBefore,
    unidentifiedCalls7d: standing.unidentifiedCalls7d,
    lastCall: standing.lastCall === 0 ? null : iso(standing.lastCall),
    state: standing.state,
    policy: standing.policy,
    successor: standing.successor,
    observable: standing.observable,
  }
}

export function consumersOf(standing: DeprecationStanding) {
  return standing.consumers.map(one => ({
    consumer: one.consumer,
    customer: one.customer,
    calls: one.calls,
    first: iso(one.first),
    last: iso(one.last),
    calls7d: one.calls7d,
    calls7dBefore: one.calls7dBefore,
    trend7d: one.calls7d - one.calls7dBefore,
    state: one.state,
    reachable: one.reachable,
  }))
}

const iso = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toString()
