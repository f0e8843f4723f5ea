import type { FileHandle } from 'node:fs/promises'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Source } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Log } from '../../services/platform/log.ts'
import type { Collector } from '../collect/collector.ts'
import { agrees, printOf } from './file-print.ts'
import { FileRanges } from './file-ranges.ts'
import { type FollowedState, identityOf, readState, writeState } from './followed-state.ts'

export interface FollowOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** Folder for what must outlive the process. */
  readonly folder: string
  /** Highest position of an identity that stands durably on the topic; undefined when none does. */
  readonly positionOf: (identity: string) => Promise<number | undefined>
  /** How often the end of a file is looked at again. */
  readonly pollMs?: number
}

const NOTHING_YET: FollowedState = { device: '', inode: '', truncations: 0, print: { length: 0, digest: '' } }
const HEARTBEAT_MS = 60_000
/** A writer may go on with the old file for a moment after the rename, until it is told to reopen. */
const QUIET_POLLS = 15

/**
 * Follows one file for ever: through rotation by rename (the old file is read to its end first, also one renamed
 * while we were away), through truncation (copytruncate; what was copied away unread is read from the copy), and
 * over restarts, from the position that stands on the topic beside its blocks. Returns when `signal` aborts.
 */
export async function followFile(
  source: Source,
  path: string,
  options: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const follower = new Follower(source, path, options, signal)
  while (!signal.aborted) {
    try {
      await follower.run()
    } catch (error) {
      if (signal.aborted) return
      const code = error instanceof LcError ? error.code : (error as NodeJS.ErrnoException).code
      options.log.warn({ source: source.id, code }, 'a followed file could not be read or taken; trying again')
      await pause(options.clock, 1_000, signal)
    }
  }
}

class Follower {
  readonly #source: Source
  readonly #path: string
  readonly #options: FollowOptions
  readonly #signal: AbortSignal
  #beaten = Number.NEGATIVE_INFINITY

  constructor(source: Source, path: string, options: FollowOptions, signal: AbortSignal) {
    this.#source = source
    this.#path = path
    this.#options = options
    this.#signal = signal
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const file = await this.#open(this.#path)
      try {
        if (file === undefined) await this.#expect()
        if (file === undefined || !(await this.#catchUp(file))) await this.#pause()
        else await this.#follow(file, await this.#enter(file))
      } finally {
        await file?.close()
      }
    }
  }

  /**
   * Reads what was written, between the file last followed and `current`, into files renamed or copied since: oldest
   * first. False when the files moved on meanwhile: to be tried again, from where it came to.
   */
  async #catchUp(current: FileHandle): Promise<boolean> {
    const known = await readState(this.#options.folder, this.#source.id)
    if (known === undefined || (await this.#isSame(current, known))) return true
    let found = known.inode === NOTHING_YET.inode
    for (const { path, inode } of await this.#siblings()) {
      const file = await this.#open(path)
      if (file === undefined) return false
      try {
        if ((await file.stat({ bigint: true })).ino !== inode) return false
        if (found) await this.#drain(file, await this.#enter(file))
        else if (await this.#isContinuation(file, known)) {
          found = true
          await this.#drain(file, known)
        }
      } finally {
        await file.close()
      }
    }
    if (!found)
      this.#options.log.warn(
        { source: this.#source.id, code: 'LC_FOLLOW_GONE' },
        'the file last followed is gone; lines written to it since cannot be read',
      )
    // Still under its path: no file came and went between it and those just read.
    const now = await stat(this.#path, { bigint: true }).catch(() => undefined)
    return now?.ino === (await current.stat({ bigint: true })).ino
  }

  /** There is no file yet: from now on whatever appears is followed, also what is rotated away before it was seen. */
  async #expect(): Promise<void> {
    const known = await readState(this.#options.folder, this.#source.id)
    if (known === undefined) await writeState(this.#options.folder, this.#source.id, NOTHING_YET)
  }

  async #isSame(file: FileHandle, known: FollowedState): Promise<boolean> {
    const { dev, ino, size } = await file.stat({ bigint: true })
    if (String(dev) !== known.device || String(ino) !== known.inode) return false
    const position = (await this.#options.positionOf(identityOf(this.#source.id, known))) ?? 0
    return size >= BigInt(position) && (await agrees(file, known.print))
  }

  /** The renamed file itself, or the copy that copytruncate made of it: it begins the same and is at least as long as what was read. */
  async #isContinuation(file: FileHandle, known: FollowedState): Promise<boolean> {
    const { dev, ino, size } = await file.stat({ bigint: true })
    const position = (await this.#options.positionOf(identityOf(this.#source.id, known))) ?? 0
    const renamed = String(dev) === known.device && String(ino) === known.inode
    // A print of nothing tells no copy from another file.
    return (renamed || known.print.length > 0) && size >= BigInt(position) && (await agrees(file, known.print))
  }

  /** Plain files beside the followed one that carry its name and more (`access.log.1`), oldest first. */
  async #siblings(): Promise<{ readonly path: string; readonly inode: bigint }[]> {
    const folder = dirname(this.#path)
    const stem = `${basename(this.#path)}.`
    const names = (await readdir(folder)).filter(name => name.startsWith(stem) && !/\.(gz|zst|bz2|xz|new)$/.test(name))
    const found = names.slice(0, 1_000).map(async name => {
      const path = join(folder, name)
      const { ino, mtimeNs } = await stat(path, { bigint: true })
      return { path, inode: ino, at: mtimeNs }
    })
    return (await Promise.all(found)).sort(olderFirst)
  }

  /** Decides under which identity an open file is read, and makes that durable first. */
  async #enter(file: FileHandle): Promise<FollowedState> {
    const { dev, ino } = await file.stat({ bigint: true })
    const known = await readState(this.#options.folder, this.#source.id)
    if (known !== undefined && (await this.#isSame(file, known))) {
      if (known.print.length >= 512) return known
      const state = { ...known, print: await printOf(file) }
      await writeState(this.#options.folder, this.#source.id, state)
      return state
    }
    const again = known !== undefined && known.device === String(dev) && known.inode === String(ino)
    const state: FollowedState = {
      device: String(dev),
      inode: String(ino),
      truncations: again ? known.truncations + 1 : 0,
      print: await printOf(file),
    }
    const stale = await this.#options.positionOf(identityOf(this.#source.id, state))
    // An inode that came back after another file was followed in between: its old positions are not this file's.
    const fresh = stale === undefined ? state : { ...state, truncations: this.#options.clock.now() }
    await writeState(this.#options.folder, this.#source.id, fresh)
    return fresh
  }

  /** Follows until another file stands under the path and this one has been quiet, or until it begins anew. */
  async #follow(file: FileHandle, entered: FollowedState): Promise<void> {
    let state = entered
    const ranges = await this.#rangesOf(file, state)
    let quiet = 0
    while (!this.#signal.aborted) {
      // Looked at before every read: new content must never be taken for more of the old.
      if ((await file.stat()).size < ranges.readTo || !(await agrees(file, state.print))) return this.#rescueCopy(state)
      const more = await this.#takeNext(ranges, state, false)
      if (state.print.length < 512 && ranges.readTo > state.print.length) {
        state = { ...state, print: await printOf(file) }
        await writeState(this.#options.folder, this.#source.id, state)
      }
      if (more) {
        quiet = 0
        continue
      }
      quiet = (await this.#wasRenamed(state)) ? quiet + 1 : 0
      if (quiet >= QUIET_POLLS) return await this.#takeRest(ranges, state)
      if (quiet === 0) await this.#beat(state)
      await this.#pause()
    }
  }

  /** After copytruncate: lines copied away before we read them stand in the youngest copy that begins as the file did. */
  async #rescueCopy(state: FollowedState): Promise<void> {
    for (const { path } of (await this.#siblings()).reverse()) {
      const copy = await this.#open(path)
      if (copy === undefined) continue
      try {
        if (await this.#isContinuation(copy, state)) return await this.#drain(copy, state)
      } finally {
        await copy.close()
      }
    }
  }

  async #drain(file: FileHandle, state: FollowedState): Promise<void> {
    await this.#takeRest(await this.#rangesOf(file, state), state)
  }

  /** Nobody writes to it any more: to the end, an unfinished last line included. */
  async #takeRest(ranges: FileRanges, state: FollowedState): Promise<void> {
    while (!this.#signal.aborted && (await this.#takeNext(ranges, state, true))) {}
  }

  async #rangesOf(file: FileHandle, state: FollowedState): Promise<FileRanges> {
    return new FileRanges(file, (await this.#options.positionOf(identityOf(this.#source.id, state))) ?? 0)
  }

  async #takeNext(ranges: FileRanges, state: FollowedState, final: boolean): Promise<boolean> {
    const range = await ranges.next(final)
    if (range === undefined) return false
    await this.#options.collector.takeRange(
      this.#source,
      identityOf(this.#source.id, state),
      range,
      this.#options.clock.now(),
    )
    return true
  }

  async #wasRenamed(state: FollowedState): Promise<boolean> {
    try {
      const now = await stat(this.#path, { bigint: true })
      return String(now.dev) !== state.device || String(now.ino) !== state.inode
    } catch {
      return false // between rename and the new file: nothing to go to yet
    }
  }

  async #beat(state: FollowedState): Promise<void> {
    const now = this.#options.clock.now()
    if (now - this.#beaten < HEARTBEAT_MS) return
    this.#beaten = now
    await this.#options.collector.beat(this.#source, identityOf(this.#source.id, state), now)
  }

  async #open(path: string): Promise<FileHandle | undefined> {
    try {
      return await open(path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  #pause(): Promise<void> {
    return pause(this.#options.clock, this.#options.pollMs ?? 200, this.#signal)
  }
}

interface Sibling {
  readonly path: string
  readonly at: bigint
}

/** By last write; two written within one tick of the file system's clock by name: `.2` is older than `.1`, `.2026-11-21` than `.2026-11-22`. */
function olderFirst(a: Sibling, b: Sibling): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  const order = a.path.localeCompare(b.path, 'en', { numeric: true })
  return /\.\d{1,4}$/.test(a.path) ? -order : order
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => {})
}
