import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { LedgerReader } from '../domain/notice.ts'
import type { UsageReader } from '../domain/usage.ts'
import type { Sources } from '../standing/sources.ts'
import type { Standings } from '../standing/standings.ts'

/** What the pages are made from. */
export interface BoardOptions {
  readonly catalogue: () => Catalogue
  readonly standings: Standings
  readonly sources: Sources
  readonly reader: UsageReader
  readonly ledger: LedgerReader
  readonly clock: Clock
}
