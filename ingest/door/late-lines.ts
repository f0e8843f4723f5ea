import type { LogFile } from './file-packed.ts'
import type { FollowedState } from './followed-state.ts'

/** How long a file is looked at after another one took its place: a writer may go on with it until its last answer is out. */
const LATE_MS = 3_600_000
const LOOK_EVERY_MS = 1_000

/** The file that stood under the path before, kept open for what comes to it late. */
export class LateLines {
  readonly file: LogFile
  readonly state: FollowedState
  readonly #until: number
  #looked: number

  constructor(file: LogFile, state: FollowedState, now: number) {
    this.file = file
    this.state = state
    this.#until = now + LATE_MS
    this.#looked = now
  }

  /** True once a second. */
  isDue(now: number): boolean {
    if (now - this.#looked < LOOK_EVERY_MS) return false
    this.#looked = now
    return true
  }

  /** Nothing more is to be expected. */
  isOver(now: number): boolean {
    return now >= this.#until
  }
}
