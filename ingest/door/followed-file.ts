import { stat } from 'node:fs/promises'
import type { Source } from '../../services/domain/catalogue.ts'
import { type LogFile, openLog } from './file-packed.ts'
import { agrees, printOf } from './file-print.ts'
import { type FileRange, FileRanges, rangeAgain } from './file-ranges.ts'
import type { Among, FollowOptions } from './follow.ts'
import { siblingsOf } from './followed-siblings.ts'
import { type FollowedState, identityOf, NOTHING_YET, placeOf, readState, writeState } from './followed-state.ts'
import { LateLines } from './late-lines.ts'

export interface FollowedFileOptions extends FollowOptions {
  readonly source: Source
  readonly path: string
  /** Under which name its state is kept. */
  readonly place: string
  readonly among: Among | undefined
}

const HEARTBEAT_MS = 60_000
/** A writer may go on with the old file for a moment after the rename, until it is told to reopen. */
const QUIET_POLLS = 15

/** One path and whatever stands under it, one file after the other. */
export class FollowedFile {
  readonly #options: FollowedFileOptions
  readonly #signal: AbortSignal
  #beaten = Number.NEGATIVE_INFINITY
  /** The file before the one that is followed: its writer may not have heard yet. */
  #late: LateLines | undefined

  constructor(options: FollowedFileOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** Resolves when the signal aborts; for a file among others also when nothing has stood under the path for a while. */
  async run(): Promise<void> {
    for (let absent = 0; !this.#signal.aborted; ) {
      const file = await openLog(this.#options.path)
      try {
        if (file === undefined) await this.#expect()
        absent = file === undefined ? absent + 1 : 0
        if (this.#options.among !== undefined && absent > QUIET_POLLS) return await this.#endLate()
        if (file === undefined || this.#isHeld(file) || !(await this.#catchUp(file))) await this.#pause()
        else await this.#follow(file, await this.#enter(file, true))
      } finally {
        if (file !== undefined && file !== this.#late?.file) await this.#close(file)
      }
    }
  }

  /**
   * Reads what was written, between the file last followed and `current`, into files renamed, copied or compressed
   * since: oldest first. False when the files moved on meanwhile: to be tried again, from where it came to.
   */
  async #catchUp(current: LogFile): Promise<boolean> {
    const known = await this.#known()
    if (known === undefined || (await this.#isSame(current, known))) return true
    let found = known.inode === NOTHING_YET.inode || known.ended !== undefined
    for (const { path, inode, at } of await siblingsOf(this.#options.path)) {
      if (known.ended !== undefined && at <= BigInt(known.ended)) continue
      const file = await openLog(path)
      if (file === undefined) return false
      try {
        if (file.inode !== inode) return false
        if (found) await this.#drain(file, await this.#enter(file, false))
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
        { source: this.#options.source.id, path: this.#options.path, code: 'LC_FOLLOW_GONE' },
        'the file last followed is gone; lines written to it since cannot be read',
      )
    // Still under its path: no file came and went between it and those just read.
    const now = await stat(this.#options.path, { bigint: true }).catch(() => undefined)
    return String(now?.ino) === current.inode
  }

  /** There is no file yet: from now on whatever appears is followed, also what is rotated away before it was seen. */
  async #expect(): Promise<void> {
    if ((await this.#known()) === undefined) await this.#keep(NOTHING_YET)
  }

  async #isSame(file: LogFile, known: FollowedState): Promise<boolean> {
    if (file.device !== known.device || file.inode !== known.inode) return false
    return (await file.reaches(await this.#readTo(known))) && (await agrees(file.readAt, known.print))
  }

  /** The renamed file itself, or the copy made of it by copytruncate or compression: it begins the same and is at least as long as what was read. */
  async #isContinuation(file: LogFile, known: FollowedState): Promise<boolean> {
    const renamed = file.device === known.device && file.inode === known.inode
    // A print of nothing tells no copy from another file.
    if (!renamed && known.print.length === 0) return false
    return (await agrees(file.readAt, known.print)) && (await file.reaches(await this.#readTo(known)))
  }

  /** Decides under which identity an open file is read, and makes that durable first. `here`: it stands under the path itself. */
  async #enter(file: LogFile, here: boolean): Promise<FollowedState> {
    const { among, folder, place, positions, clock, source } = this.#options
    if (here) among?.held.set(inodeOf(file), place)
    // By its path, by its inode (it may have had another name), and as it was kept when its source followed one path.
    const places = [place, inodePlace(source, file), placeOf(source.id)]
    const states = await Promise.all(places.map(one => readState(folder, one)))
    for (const known of states) {
      if (known === undefined || !(await this.#isSame(file, known))) continue
      return this.#keep(known.print.length >= 512 ? known : { ...known, print: await printOf(file.readAt) })
    }
    const again = states.find(known => known?.device === file.device && known.inode === file.inode)
    const state: FollowedState = {
      device: file.device,
      inode: file.inode,
      truncations: again === undefined ? 0 : again.truncations + 1,
      print: await printOf(file.readAt),
    }
    const stale = await positions.standing(identityOf(source.id, state))
    // An inode that came back after another file was followed in between: its old positions are not this file's.
    return this.#keep(stale === undefined ? state : { ...state, truncations: clock.now() })
  }

  /** Follows until another file stands under the path and this one has been quiet, or until it begins anew. */
  async #follow(file: LogFile, entered: FollowedState): Promise<void> {
    let state = entered
    const ranges = await this.#rangesOf(file, state)
    let quiet = 0
    while (!this.#signal.aborted) {
      const { size, named } = await file.stat()
      if (size < ranges.readTo || !(await agrees(file.readAt, state.print))) return this.#rescueCopy(state)
      const print = state.print.length >= 512 ? state.print : await printOf(file.readAt)
      const range = print.length === 0 ? undefined : await ranges.next(false)
      if (range !== undefined) {
        // Looked at again after the read: new content must never be taken for more of the old.
        for (const one of [state.print, print]) if (!(await agrees(file.readAt, one))) return this.#rescueCopy(state)
        if (print.length > state.print.length) state = await this.#keep({ ...state, print })
        await this.#take(range, state)
        quiet = 0
        continue
      }
      const left = !named || (await this.#isReplaced(state))
      quiet = left ? quiet + 1 : 0
      if (quiet >= QUIET_POLLS) return this.#finish(file, ranges, state, named)
      if (!left) await this.#beat(state)
      await this.#lookLate()
      await this.#pause()
    }
  }

  async #finish(file: LogFile, ranges: FileRanges, state: FollowedState, named: boolean): Promise<void> {
    await this.#takeRest(ranges, state)
    if (this.#signal.aborted) return
    if (named) {
      await this.#endLate()
      // Under another name of a glob it is followed on by whoever has that.
      const rotated = (await siblingsOf(this.#options.path)).some(({ inode }) => inode === file.inode)
      if (rotated) this.#late = new LateLines(file, state, this.#options.clock.now())
      return
    }
    // Deleted, and nothing of it was missed: that it is gone is no news when another one comes.
    await this.#keep({ ...state, ended: String(await file.written()) })
  }

  /** After copytruncate: lines copied away before we read them stand in the youngest copy that begins as the file did. */
  async #rescueCopy(state: FollowedState): Promise<void> {
    for (const { path } of [...(await siblingsOf(this.#options.path))].reverse()) {
      const copy = await openLog(path)
      if (copy === undefined) continue
      try {
        if (await this.#isContinuation(copy, state)) return await this.#drain(copy, state)
      } finally {
        await copy.close()
      }
    }
  }

  async #lookLate(): Promise<void> {
    const late = this.#late
    const now = this.#options.clock.now()
    if (late?.isDue(now) !== true) return
    // From where the file stands, each time: catching up may have read on in it, too.
    const ranges = await this.#rangesOf(late.file, late.state)
    for (let range = await ranges.next(false); range !== undefined; range = await ranges.next(false))
      await this.#take(range, late.state)
    if (late.isOver(now)) await this.#endLate()
  }

  /** It is rotated once more, or its time is over: the last of it, then it is left. */
  async #endLate(): Promise<void> {
    if (this.#late !== undefined) await this.#drain(this.#late.file, this.#late.state)
    await this.close()
  }

  /** Closes what `run` keeps open between two of its tries. */
  async close(): Promise<void> {
    const file = this.#late?.file
    this.#late = undefined
    if (file !== undefined) await this.#close(file)
  }

  async #close(file: LogFile): Promise<void> {
    await file.close()
    this.#release(file)
  }

  async #drain(file: LogFile, state: FollowedState): Promise<void> {
    await this.#takeRest(await this.#rangesOf(file, state), state)
  }

  /** Nobody writes to it any more: to the end, an unfinished last line included. */
  async #takeRest(ranges: FileRanges, state: FollowedState): Promise<void> {
    while (!this.#signal.aborted) {
      const range = await ranges.next(true)
      if (range === undefined) return
      await this.#take(range, state)
    }
  }

  /** From where the file stands; what may or may not have been sent already goes first, cut as it was. */
  async #rangesOf(file: LogFile, state: FollowedState): Promise<FileRanges> {
    const standing = await this.#options.positions.standing(identityOf(this.#options.source.id, state))
    const pending = standing?.pending
    if (pending === undefined) return new FileRanges(file.readAt, standing?.position ?? 0)
    await this.#take(await rangeAgain(file.readAt, pending.from, pending.to), state)
    return new FileRanges(file.readAt, pending.to)
  }

  async #readTo(state: FollowedState): Promise<number> {
    const standing = await this.#options.positions.standing(identityOf(this.#options.source.id, state))
    return standing?.pending?.to ?? standing?.position ?? 0
  }

  async #take(range: FileRange, state: FollowedState): Promise<void> {
    const { collector, source, positions, clock } = this.#options
    const identity = identityOf(source.id, state)
    await positions.sending(identity, range)
    // Asked for each range: a reload may have changed how its lines are read.
    const current = collector.catalogue.sources.get(source.id) ?? source
    await collector.takeRange(current, identity, range, clock.now())
    positions.sent(identity, range)
  }

  /** Another file stands under the path; between rename and the new file there is nothing to go to yet. */
  async #isReplaced(state: FollowedState): Promise<boolean> {
    const now = await stat(this.#options.path, { bigint: true }).catch(() => undefined)
    return now !== undefined && (String(now.dev) !== state.device || String(now.ino) !== state.inode)
  }

  async #beat(state: FollowedState): Promise<void> {
    const { clock, collector, source } = this.#options
    const now = clock.now()
    if (now - this.#beaten < HEARTBEAT_MS) return
    this.#beaten = now
    await collector.beat(source, identityOf(source.id, state), now)
  }

  #known(): Promise<FollowedState | undefined> {
    return readState(this.#options.folder, this.#options.place)
  }

  async #keep(state: FollowedState): Promise<FollowedState> {
    const { folder, place, source } = this.#options
    if (state.inode !== '') await writeState(folder, inodePlace(source, state), state)
    await writeState(folder, place, state)
    return state
  }

  #isHeld(file: LogFile): boolean {
    const holder = this.#options.among?.held.get(inodeOf(file))
    return holder !== undefined && holder !== this.#options.place
  }

  #release(file: LogFile): void {
    const held = this.#options.among?.held
    if (held?.get(inodeOf(file)) === this.#options.place) held.delete(inodeOf(file))
  }

  async #pause(): Promise<void> {
    const { clock, pollMs = 200, among } = this.#options
    await clock.sleep(among?.pollMs() ?? pollMs, this.#signal).catch(() => {})
  }
}

const inodeOf = (file: Pick<LogFile, 'device' | 'inode'>): string => `${file.device} ${file.inode}`

const inodePlace = (source: Source, file: Pick<LogFile, 'device' | 'inode'>): string =>
  placeOf(source.id, `inode ${inodeOf(file)}`)
