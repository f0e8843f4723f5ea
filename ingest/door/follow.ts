import type { Source } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Log } from '../../services/platform/log.ts'
import type { Collector } from '../collect/collector.ts'
import { FollowedFile } from './followed-file.ts'
import { placeOf } from './followed-state.ts'
import type { Positions } from './sent-position.ts'

export interface FollowOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** Folder for what must outlive the process. */
  readonly folder: string
  /** Where each identity stands: with the topic's blocks (SQLite), or written before each send (Kafka). */
  readonly positions: Positions
  /** How often the end of a file is looked at again; default 200. */
  readonly pollMs?: number
}

/** One file among those of a glob. */
export interface Among {
  /** Inodes that are being followed under some path, and under which: a file that was renamed is read once. */
  readonly held: Map<string, string>
  /** How often the end of a file is looked at again. */
  pollMs(): number
}

const RETRY_MS = 1_000
const SAY_EVERY_MS = 60_000

/**
 * Follows one file for ever: through rotation by rename (the old file is read to its end first, also one renamed
 * while we were away), through truncation (copytruncate; what was copied away unread is read from the copy), through
 * compression of either (.gz, .zst), and over restarts, from where `positions` says. Returns when `signal` aborts; a
 * file `among` others also when it is gone and was read to its end.
 */
export async function followFile(
  source: Source,
  path: string,
  options: FollowOptions,
  signal: AbortSignal,
  among?: Among,
): Promise<void> {
  const place = placeOf(source.id, among === undefined ? undefined : path)
  const file = new FollowedFile({ ...options, source, path, place, among }, signal)
  const said = new Map<string, number>()
  while (!signal.aborted) {
    try {
      await file.run()
      if (among !== undefined) break
    } catch (error) {
      if (signal.aborted) break
      const cause = error instanceof LcError ? error.code : String((error as NodeJS.ErrnoException).code)
      const now = options.clock.now()
      if (now - (said.get(cause) ?? Number.NEGATIVE_INFINITY) >= SAY_EVERY_MS) {
        said.set(cause, now)
        options.log.warn(
          { source: source.id, path, code: 'LC_FOLLOW_READ', cause },
          'a followed file could not be read or taken; it is tried again every second',
        )
      }
      await options.clock.sleep(RETRY_MS, signal).catch(() => {})
    }
  }
  await file.close()
}
