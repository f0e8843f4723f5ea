import type { ParseArgsOptionsConfig } from 'node:util'
import type { Clock } from '../domain/clock.ts'

/** What a command is given: everything it may touch of the outside. */
export interface CommandContext {
  /** Flags as `parseArgs` read them; strings may come from several uses of one flag. */
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
  /** Results: what a person pipes. */
  readonly stdout: (text: string) => void
  /** Everything else. */
  readonly stderr: (text: string) => void
  readonly stderrIsTerminal: boolean
  readonly stdin: AsyncIterable<Buffer>
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted when the process is asked to stop (SIGINT, SIGTERM). */
  readonly signal: AbortSignal
}

/** One word after `lastcall`. One command is one file; `commands.ts` is the only list. */
export interface Command {
  /** The word, or two words for a member of a family (`topic cat`). */
  readonly name: string
  /** One line for `lastcall --help`. */
  readonly summary: string
  /** Shown by `lastcall NAME --help`: the form, what it does, at least one example. */
  readonly usage: string
  readonly options: ParseArgsOptionsConfig
  /** Returns the exit status: 0 good, 1 findings, 2 wrong call or configuration, 3 surroundings. Throws LcError for the last two. */
  run(context: CommandContext): Promise<number>
}

/** A flag that takes one text: its last use, or `otherwise`. */
export function textFlag(context: Pick<CommandContext, 'values'>, name: string, otherwise: string): string
export function textFlag(context: Pick<CommandContext, 'values'>, name: string): string | undefined
export function textFlag(
  context: Pick<CommandContext, 'values'>,
  name: string,
  otherwise?: string,
): string | undefined {
  const value = context.values[name]
  const last = Array.isArray(value) ? value.at(-1) : value
  return typeof last === 'string' ? last : otherwise
}

/** The flags every command understands (design §8). */
export const COMMON_OPTIONS = {
  config: { type: 'string', short: 'c' },
  data: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig
