import Type from 'typebox'
import type { Catalogue } from '../../domain/catalogue.ts'
import type { Clock } from '../../domain/clock.ts'
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

/** `/api/v1/sources`: is every stream alive, and what became of its lines. */
export function sourcesRoute(
  app: App,
  options: { readonly catalogue: () => Catalogue; readonly reader: UsageReader; readonly clock: Clock },
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
}
