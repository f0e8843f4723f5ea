/** What the caller should do: 2 mend the call or the configuration, 3 mend the surroundings (port, lock, disk, a dependency). */
export type ExitCode = 1 | 2 | 3

/**
 * A fault a person has to act on: a stable code (listed in docs/errors.md, held by a test), what is wrong,
 * and what to do about it. Broken records are never errors (see outcome.ts).
 */
export class LcError extends Error {
  readonly code: string
  readonly todo: string
  readonly exit: ExitCode
  constructor(code: `LC_${string}`, message: string, todo: string, exit: ExitCode = 3, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LcError'
    this.code = code
    this.todo = todo
    this.exit = exit
  }
}
