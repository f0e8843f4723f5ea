import Type from 'typebox'
import type { Catalogue, Source } from '../../domain/catalogue.ts'
import type { Clock } from '../../domain/clock.ts'
import { LcError } from '../../domain/errors.ts'
import type { SourceFacts } from '../../domain/source-facts.ts'
import type { UsageReader } from '../../domain/usage.ts'
import { hourHealths, silentHours } from '../../standing/source-health.ts'
import { LOOKED_MS, type Sources } from '../../standing/sources.ts'
import type { App } from '../app.ts'
import { pageOf, pageQuery, sendPage } from '../list.ts'

const source = Type.Object({
  source: Type.String(),
  state: Type.String({ description: 'fresh, stale (nothing for 24 hours) or never seen' }),
  lines: Type.Integer({ description: 'received in the last 7 days' }),
  calls: Type.Integer(),
  unparsed: Type.Integer(),
  dead: Type.Integer({ description: 'refused by the store and set aside; `lastcall dead`' }),
  dropped: Type.Record(Type.String(), Type.Integer()),
  through: Type.Union([Type.String({ description: 'latest event or heartbeat, RFC 3339 UTC' }), Type.Null()]),
  lagSeconds: Type.Union([
    Type.Integer({ description: 'how late calls came, at most, in the latest hour in which some did' }),
    Type.Null(),
  ]),
  aheadSeconds: Type.Integer({ description: 'how far its clock is ahead of ours, at least; 0 when nothing shows it' }),
  silentHours: Type.Integer({
    description: 'hours between the first and the last of the 7 days in which nothing came',
  }),
  weight: Type.Number({ description: 'calls that one logged call stands for, on average; above 1 it is sampled' }),
})

const line = Type.Object({ outcome: Type.String(), reason: Type.String(), lines: Type.Integer() })
const hour = Type.Object({
  hour: Type.String({ description: 'hour of receipt, RFC 3339 UTC' }),
  outcome: Type.String(),
  reason: Type.String(),
  lines: Type.Integer(),
  heartbeats: Type.Integer(),
  through: Type.Union([Type.String({ description: 'latest event or heartbeat of these lines' }), Type.Null()]),
})
const health = Type.Object({
  hour: Type.String(),
  lagSeconds: Type.Union([Type.Integer({ description: 'how late its calls came, at most' }), Type.Null()]),
  aheadSeconds: Type.Integer({ description: 'its latest event beyond the end of the hour, or beyond now' }),
})
const one = Type.Object({
  source: Type.String(),
  hours: Type.Array(hour, { description: 'the last 7 days; hours in which nothing came are absent' }),
  health: Type.Array(health, { description: 'the same hours, each once' }),
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
    readonly sources: Sources
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
      const rows = (await options.sources.all()).map(it => {
        const sum = (outcome: string): number =>
          it.tallies.reduce((total, one) => total + (one.outcome === outcome ? one.lines : 0), 0)
        const dropped = it.tallies.filter(({ outcome }) => outcome === 'dropped')
        return {
          source: it.source,
          state: it.state,
          lines: it.lines,
          calls: sum('call'),
          unparsed: sum('unparsed'),
          dead: sum('dead'),
          dropped: Object.fromEntries(dropped.map(({ reason, lines }) => [reason, lines])),
          through: instant(it.through),
          lagSeconds: it.lag,
          aheadSeconds: it.ahead,
          silentHours: it.silentHours.length,
          weight: it.weight,
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
      const mine = (await options.reader.sourceHours(now - LOOKED_MS)).filter(one => one.source === id)
      const recent = mine.filter(one => one.hour >= since - (since % HOUR))
      return {
        source: id,
        hours: mine.map(({ hour, outcome, reason, lines, heartbeats, through }) => ({
          hour: iso(hour),
          outcome,
          reason,
          lines,
          heartbeats,
          through: instant(through),
        })),
        health: hourHealths(mine, now).map(({ hour, lag, ahead }) => ({
          hour: iso(hour),
          lagSeconds: lag,
          aheadSeconds: ahead,
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

/** null for never. */
const instant = (at: number): string | null => (at === 0 ? null : iso(at))

const doorOf = ({ file, kafka, syslog }: Source): string =>
  file !== undefined ? 'file' : kafka !== undefined ? 'kafka' : syslog !== undefined ? 'syslog' : 'http'
