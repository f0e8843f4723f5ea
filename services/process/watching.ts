import type { Loaded } from '../config/loaded.ts'
import type { Settings } from '../config/schema/settings.ts'
import { watchConfig } from '../config/watch.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { Log } from '../platform/log.ts'

/** A file to read again when it changes, and what it said at start. */
export interface Watched {
  readonly file: string
  readonly loaded: Loaded
}

export interface WatchingOptions {
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly signal: AbortSignal
  readonly onGood: (good: { readonly catalogue: Catalogue; readonly settings: Settings }) => void
}

/** Takes over a changed configuration whole or not at all, and says which. */
export function watching({ file, loaded }: Watched, options: WatchingOptions): void {
  const { clock, environment, log, signal, onGood } = options
  void watchConfig(file, {
    clock,
    environment,
    signal,
    loaded,
    onGood(good) {
      onGood(good)
      log.info({ revision: good.catalogue.revision }, 'the changed configuration is in force')
    },
    onBad: findings =>
      log.warn({ findings: findings.length }, 'the changed configuration has faults; the last good one stays'),
  })
}

/** Does `work` again and again until it is stopped. */
export async function repeat(
  work: () => Promise<void>,
  everyMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal).catch(() => {})
    if (!signal.aborted) await work()
  }
}
