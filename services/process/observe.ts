import { gauge } from '../platform/metrics.ts'
import type { Standings } from '../standing/standings.ts'

export interface Observed {
  /** Bytes that uploads hold in memory now. */
  readonly held: () => number
  /** Blocks not stored yet, by partition. */
  readonly lag: () => Promise<readonly number[]>
}

/** Gauges that are asked for when somebody looks. */
export function observe({ held, lag }: Observed): void {
  gauge('inFlight').addCallback(result => result.observe(held()))
  gauge('storeLag').addCallback(async result => {
    for (const [partition, blocks] of (await lag()).entries()) result.observe(blocks, { partition })
  })
}

/** Where the deprecations stand. */
export function observeStandings(standings: Standings): void {
  gauge('consumersLeft').addCallback(async result => {
    for (const it of await standings.all()) result.observe(it.consumersLeft, { deprecation: it.deprecation.id })
  })
  gauge('daysLeft').addCallback(async result => {
    for (const it of await standings.all()) {
      if (it.countdown.daysLeft !== null) result.observe(it.countdown.daysLeft, { deprecation: it.deprecation.id })
    }
  })
}
