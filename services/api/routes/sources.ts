import Type from 'typebox'
import type { Catalogue, Source } from '../../domain/catalogue.ts'
import type { Clock } from '../../domain/clock.ts'
import { LcError } from '../../domain/errors.ts'
import type { SourceFacts } from '../../domain/source-facts.ts'
import type { UsageReader } from '../../domain/usage.ts'
import { freshnessOf } from '../../standing/freshness.ts'
import type { App } from '../app.ts'
import { pageOf, pageQuery, sendPage } from '../list.ts'

const WEEK = 7 * 86_400_000

const source = Type.Object({
  source: Type.String(),
  state: Type.String({ description: 'fresh, stale (nothing for 24 hours) or never seen' }),
  lines: Type.Integer({ description: 'received in the last 7 days' }),
  calls: Type.Integer(),
  unparsed: Type.Integer(),
  dropped: Type.Record(Type.String(), Type.Integer()),
  through: Type.Union([Type.String({ description: 'latest event or heartbeat, RFC 3339 UTC' }), Type.Null()]),
})

const line = Type.Object({ outcome: Type.String(), reason: Type.String(), lines: Type.Integer() })
const hour = Type.Object({
  hour: Type.String({ description: 'hour of receipt, RFC 3339 UTC' }),
  outcome: Type.String(),
  reason: Type.String(),
  lines: Type.Integer(),
  heartbeats: Type.Integer(),
})
const one = Type.Object({
  source: Type.String(),
  hours: Type.Array(hour, { description: 'the last 7 days; hours in which nothing came are absent' }),
  silentHours: Type.Array(Type.String(), {
    description: 'hours between the first and the last of them in which neither a line nor a heartbeat came',
  }),
  tallies: Type.Array(line, { description: 'lines since the hour in which `since` lies' }),
  facts: Type.Object({
    calls: Type.Integer(),
    letIn: Type.Integer(),
    nobody: Type.Integer(),
    inferred: Type.Integer(),
    well: Type.Integer(),
    networks: Type.Integer(),
    weight: Type.Integer(),
    alike: Type.Integer(),
    lagMedian: Type.Integer(),
    lagP95: Type.Integer(),
    ahead: Type.Integer(),
    templates: Type.Array(Type.Object({ operation: Type.String(), calls: Type.Integer() })),
    hops: Type.Array(Type.Object({ source: Type.String(), calls: Type.Integer() })),
  }),
  declared: Type.Object({
    id: Type.String(),
    format: Type.String(),
    zone: Type.String(),
    host: Type.String(),
    key: Type.Union([Type.Object({ header: Type.String() }), Type.Object({ query: Type.String() }), Type.Null()]),
    trustedHeaders: Type.Array(Type.String()),
    door: Type.String({ description: 'http, file, kafka or syslog' }),
  }),
})
const HOUR = 3_600_000

/** `/api/v1/sources`: is every stream alive, and what became of its lines. */
export function sourcesRoute(
  app: App,
  options: {
    readonly catalogue: () => Catalogue
    readonly reader: UsageReader
    readonly clock: Clock
    readonly facts: (source: string, since: number) => Promise<SourceFacts>
  },
): void {
  app.get(
    '/api/v1/sources',
    {
      schema: {
        summary: 'Sources and what became of their lines',
        querystring: pageQuery,
        response: { 200: pageOf(source) },
      },
    },
    async (request, reply) => {
      const now = options.clock.now()
      const hours = await options.reader.sourceHours(now - WEEK)
      const rows = freshnessOf(options.catalogue().sources.values(), hours, now).map(it => {
        const mine = hours.filter(hour => hour.source === it.source)
        const sum = (outcome: string): number =>
          mine.filter(hour => hour.outcome === outcome).reduce((total, hour) => total + hour.lines, 0)
        const dropped: Record<string, number> = {}
        for (const hour of mine)
          if (hour.outcome === 'dropped') dropped[hour.reason] = (dropped[hour.reason] ?? 0) + hour.lines
        return {
          source: it.source,
          state: it.state,
          lines: it.lines,
          calls: sum('call'),
          unparsed: sum('unparsed'),
          dropped,
          through: it.through === 0 ? null : Temporal.Instant.fromEpochMilliseconds(Math.floor(it.through)).toString(),
        }
      })
      return sendPage(request, reply, rows, row => row.source)
    },
  )
  app.get(
    '/api/v1/sources/:source',
    {
      schema: {
        summary: 'One source: its hours, and what its calls look like',
        params: Type.Object({ source: Type.String({ maxLength: 64 }) }),
        querystring: Type.Object({
          since: Type.Optional(Type.Integer({ minimum: 0, description: 'milliseconds UTC; an hour ago without it' })),
        }),
        response: { 200: one },
      },
    },
    async request => {
      const { source: id } = request.params as { source: string }
      const declared = options.catalogue().sources.get(id)
      if (declared === undefined)
        throw new LcError('LC_SOURCE_UNKNOWN', `No source is called "${id}".`, 'See /api/v1/sources.', 2)
      const now = options.clock.now()
      const { since = now - HOUR } = request.query as { since?: number }
      const mine = (await options.reader.sourceHours(now - WEEK)).filter(one => one.source === id)
      const recent = mine.filter(one => one.hour >= since - (since % HOUR))
      return {
        source: id,
        hours: mine.map(({ hour, outcome, reason, lines, heartbeats }) => ({
          hour: iso(hour),
          outcome,
          reason,
          lines,
          heartbeats,
        })),
        silentHours: silentHours(mine.map(one => one.hour)).map(iso),
        tallies: recent.map(({ outcome, reason, lines }) => ({ outcome, reason, lines })),
        facts: await options.facts(id, since),
        declared: {
          id,
          format: declared.format,
          zone: declared.zone,
          host: declared.host,
          key: declared.key ?? null,
          trustedHeaders: declared.trustedHeaders,
          door: doorOf(declared),
        },
      }
    },
  )
}

const iso = (at: number): string => Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toString()

const doorOf = ({ file, kafka, syslog }: Source): string =>
  file !== undefined ? 'file' : kafka !== undefined ? 'kafka' : syslog !== undefined ? 'syslog' : 'http'

/** Hours between the first and the last that are not among them. */
function silentHours(hours: readonly number[]): number[] {
  const seen = new Set(hours)
  const silent: number[] = []
  for (let at = Math.min(...seen); at <= Math.max(...seen); at += HOUR) if (!seen.has(at)) silent.push(at)
  return silent
}
