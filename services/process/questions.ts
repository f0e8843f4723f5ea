import type { App } from '../api/app.ts'
import { deprecationRoutes } from '../api/routes/deprecations.ts'
import { noticesRoute } from '../api/routes/notices.ts'
import { sourcesRoute } from '../api/routes/sources.ts'
import { totalsRoute } from '../api/routes/totals.ts'
import { boardRoutes } from '../board/routes.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { LedgerReader } from '../domain/notice.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { createReader } from '../query/reader.ts'
import { sourceFacts } from '../query/source-facts.ts'
import { totalCalls } from '../query/total-calls.ts'
import { Sources } from '../standing/sources.ts'
import { Standings } from '../standing/standings.ts'
import { observeSources } from './observe-sources.ts'

export interface QuestionsOptions {
  readonly app: App
  readonly catalogue: () => Catalogue
  readonly clickhouse: ClickHouse
  readonly ledger: LedgerReader
  readonly clock: Clock
}

/** How old an answer about where things stand may be. */
const ANSWER_AGE_MS = 4_000

/** Everything that asks: API, board, and how the sources do. Returns what else a process needs of it. */
export function questions(options: QuestionsOptions) {
  const { app, catalogue, clickhouse, ledger, clock } = options
  const reader = createReader(clickhouse, catalogue)
  const standings = new Standings({ catalogue, reader, clock, maxAgeMs: ANSWER_AGE_MS })
  const sources = new Sources({ catalogue, reader, clock, maxAgeMs: ANSWER_AGE_MS })
  app.register(async scope => {
    deprecationRoutes(scope, standings)
    noticesRoute(scope, ledger)
    sourcesRoute(scope, {
      catalogue,
      reader,
      sources,
      clock,
      facts: (source, since) => sourceFacts(clickhouse, source, since),
    })
    totalsRoute(scope, () => totalCalls(clickhouse))
    await boardRoutes(scope, { catalogue, standings, sources, reader, ledger, clock })
  })
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  observeSources(sources, clock)
  return { reader, standings }
}
