import { glob, stat } from 'node:fs/promises'
import { matchesGlob } from 'node:path'
import type { Source } from '../../services/domain/catalogue.ts'
import { PACKED } from './file-packed.ts'
import { type Among, type FollowOptions, followFile } from './follow.ts'
import { rotatedFrom } from './followed-siblings.ts'
import { forgetStates, NOTHING_YET, placeOf, readState, writeState } from './followed-state.ts'

export interface FollowFilesOptions extends FollowOptions {
  /** How often new files are looked for; default 1,000. */
  readonly scanMs?: number
  /** Files of one source that are followed at once; default 1,000. */
  readonly most?: number
}

const SAY_EVERY_MS = 60_000
const FORGET_EVERY_MS = 86_400_000

/**
 * Follows the file of a source, or all that fit its glob: new ones are found within a second, each is followed with
 * its rotated and compressed copies, whether or not those fit the glob too. Resolves when `signal` aborts and what was
 * under way stands on the topic.
 */
export async function followFiles(source: Source, options: FollowFilesOptions, signal: AbortSignal): Promise<void> {
  const path = source.file?.path
  if (path === undefined) return
  if (/[*?[\]{}]/.test(path) && !(await isThere(path))) await new FollowedGlob(source, path, options, signal).run()
  else await followFile(source, path, options, signal)
}

class FollowedGlob implements Among {
  readonly held = new Map<string, string>()
  readonly #source: Source
  readonly #pattern: string
  readonly #options: FollowFilesOptions
  readonly #signal: AbortSignal
  readonly #followed = new Map<string, Promise<void>>()
  readonly #stops = new Map<string, AbortController>()
  readonly #said = new Map<string, number>()
  #forgot = Number.NEGATIVE_INFINITY
  /** Files that were not there when the glob was first looked at are read whole, what was rotated away of them too. */
  #late = false

  constructor(source: Source, pattern: string, options: FollowFilesOptions, signal: AbortSignal) {
    this.#source = source
    this.#pattern = pattern
    this.#options = options
    this.#signal = signal
  }

  /** A thousand files must not keep a core busy. */
  pollMs(): number {
    return (this.#options.pollMs ?? 200) + 2 * this.#followed.size
  }

  async run(): Promise<void> {
    const { clock, scanMs = 1_000, folder } = this.#options
    const looked = placeOf(this.#source.id, `glob ${this.#pattern}`)
    this.#late = (await readState(folder, looked)) !== undefined
    while (!this.#signal.aborted) {
      try {
        await this.#scan()
        if (!this.#late) await writeState(folder, looked, NOTHING_YET)
        this.#late = true
      } catch (error) {
        this.#say('LC_FOLLOW_SCAN', 'the files of a glob could not be listed', {
          cause: (error as NodeJS.ErrnoException).code,
        })
      }
      await clock.sleep(scanMs, this.#signal).catch(() => {})
    }
    await Promise.all(this.#followed.values())
  }

  async #scan(): Promise<void> {
    const { most = 1_000, clock, folder } = this.#options
    const found = new Set<string>()
    for await (const path of glob(this.#pattern)) {
      // Bounded, whatever lies there: rotated copies among them are a multiple of what is followed.
      if (found.size >= 20 * most) break
      found.add(path)
    }
    for (const path of [...found].sort()) {
      if (PACKED.test(path) || this.#isCopy(path, found)) this.#stop(path)
      else if (!this.#followed.has(path) && (await isFile(path))) {
        if (this.#followed.size >= most) {
          this.#say('LC_FOLLOW_MANY', `more files than ${most} fit the glob; the others wait`, {})
          break
        }
        await this.#expect(path)
        this.#start(path)
      }
    }
    if (clock.now() - this.#forgot < FORGET_EVERY_MS) return
    this.#forgot = clock.now()
    await forgetStates(
      folder,
      clock.now(),
      new Set([...this.#followed.keys(), `glob ${this.#pattern}`].map(path => placeOf(this.#source.id, path))),
    )
  }

  /** It carries the name rotation gives to a file that is followed or there: who follows that one reads it. */
  #isCopy(path: string, found: ReadonlySet<string>): boolean {
    const original = rotatedFrom(path)
    if (original === undefined || !matchesGlob(original, this.#pattern)) return false
    return found.has(original) || this.#followed.has(original)
  }

  async #expect(path: string): Promise<void> {
    const { folder } = this.#options
    const place = placeOf(this.#source.id, path)
    if (this.#late && (await readState(folder, place)) === undefined) await writeState(folder, place, NOTHING_YET)
  }

  #start(path: string): void {
    const stop = new AbortController()
    const signal = AbortSignal.any([this.#signal, stop.signal])
    this.#stops.set(path, stop)
    const ended = followFile(this.#source, path, this.#options, signal, this).finally(() => {
      this.#followed.delete(path)
      this.#stops.delete(path)
    })
    this.#followed.set(path, ended)
  }

  #stop(path: string): void {
    this.#stops.get(path)?.abort()
  }

  #say(code: `LC_${string}`, message: string, more: Readonly<Record<string, unknown>>): void {
    const now = this.#options.clock.now()
    if (now - (this.#said.get(code) ?? Number.NEGATIVE_INFINITY) < SAY_EVERY_MS) return
    this.#said.set(code, now)
    this.#options.log.warn({ source: this.#source.id, code, ...more }, message)
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** A pipe or a device is nothing to follow: opening it might never return. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}
