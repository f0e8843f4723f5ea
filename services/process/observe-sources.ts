import type { Clock } from '../domain/clock.ts'
import { gauge } from '../platform/metrics.ts'
import type { SourceHealth } from '../standing/source-health.ts'
import type { Sources } from '../standing/sources.ts'
import { inTime } from './in-time.ts'

/** How each source does, whichever process received its lines. */
export function observeSources(sources: Sources, clock: Clock): void {
  const all = inTime(() => sources.all(), clock)
  const observe = (of: ReturnType<typeof gauge>, value: (source: SourceHealth) => number | null): void =>
    of.addCallback(async result => {
      for (const it of (await all()) ?? []) {
        const observed = value(it)
        if (observed !== null) result.observe(observed, { source: it.source })
      }
    })
  observe(gauge('sourceSilence'), ({ through }) => (through === 0 ? null : Math.max(0, (clock.now() - through) / 1000)))
  observe(gauge('sourceLag'), ({ lag }) => lag)
  observe(gauge('sourceAhead'), ({ ahead }) => ahead)
  observe(gauge('sourceSilentHours'), ({ silentHours }) => silentHours.length)
  observe(gauge('sourceWeight'), ({ weight }) => weight)
}
