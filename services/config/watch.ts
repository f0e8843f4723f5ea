import { glob, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Catalogue, Finding } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import { fault } from './findings.ts'
import { loadConfig } from './load.ts'
import type { Loaded, LoadOptions } from './loaded.ts'
import type { Settings } from './schema/settings.ts'

const EVERY_MS = 1_000

export interface WatchOptions extends LoadOptions {
  readonly clock: Clock
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** What is in use now: its files are watched, its revision is compared. */
  readonly loaded: Loaded
  /** A changed configuration without errors; its warnings beside it. What it replaces is to be dropped whole. */
  readonly onGood: (good: {
    readonly catalogue: Catalogue
    readonly settings: Settings
    readonly findings: readonly Finding[]
  }) => void
  /** A changed configuration with errors: what was in use stays in use. */
  readonly onBad: (findings: readonly Finding[]) => void
}

/**
 * Follows a configuration while the service runs, until `signal` aborts: looks at its files every second, and reloads
 * once a change has stood still for a second, so that a file being written is not read in half. Whole, or not at all.
 */
export async function watchConfig(file: string, options: WatchOptions): Promise<void> {
  const { clock, signal } = options
  let last = options.loaded
  // Empty: judged by nothing yet. What changed between a load and the first look at its files is found by one more load.
  let judged = ''
  let before = ''
  while (await paused(clock, signal)) {
    const trace = await traceOf(file, last)
    const still = trace === before
    before = trace
    if (!still || trace === judged) continue
    const loaded = await reload(file, options)
    judged = sameFiles(loaded, last) ? trace : ''
    const news = loaded.revision !== last.revision
    last = loaded
    if (!news) continue
    const { catalogue, settings, findings } = loaded
    if (catalogue !== undefined && settings !== undefined) options.onGood({ catalogue, settings, findings })
    else options.onBad(findings)
  }
}

/** A main file that is gone is a fault like any other here: what is in use stays in use. */
async function reload(file: string, options: LoadOptions): Promise<Loaded> {
  try {
    return await loadConfig(file, options)
  } catch (error) {
    if (!(error instanceof LcError)) throw error
    const findings = [fault({ file, line: 1 }, 'LC_CONFIG_UNREADABLE', error.message, 'Put it back.')]
    return { catalogue: undefined, settings: undefined, findings, files: [file], globs: [], revision: 'unreadable' }
  }
}

/** What the files look like from outside, and which fit the patterns: no reading, no waiting on content. */
async function traceOf(main: string, { files, globs }: Loaded): Promise<string> {
  const names = new Set([main, ...files])
  for (const { folder, pattern } of globs) {
    for await (const name of glob(pattern, { cwd: folder })) {
      if (names.size > 10_000) break
      names.add(isAbsolute(name) ? name : join(folder, name))
    }
  }
  const looks = await Promise.all([...names].map(lookOf))
  return looks.join('\n')
}

async function lookOf(file: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(file, { bigint: true })
    return `${file} ${mtimeNs} ${size} ${ino}`
  } catch {
    return `${file} absent`
  }
}

const sameFiles = (a: Loaded, b: Loaded): boolean =>
  JSON.stringify([a.files, a.globs]) === JSON.stringify([b.files, b.globs])

/** False when the watch is over. */
async function paused(clock: Clock, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(EVERY_MS, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return !signal.aborted
}
