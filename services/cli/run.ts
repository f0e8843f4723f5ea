import { parseArgs } from 'node:util'
import { LcError } from '../domain/errors.ts'
import { COMMON_OPTIONS, type Command, type CommandContext } from './command.ts'
import { COMMANDS } from './commands.ts'

export type Surroundings = Omit<CommandContext, 'values' | 'positionals'>

/**
 * The whole program as a function: takes the words after `lastcall`, returns the exit status (design §8).
 * Never throws for a person's mistake: faults are printed with their code and what to do.
 */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const [first, second] = argv
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') return await help(surroundings)
    if (first === '--version') return await version(surroundings)
    const name = second !== undefined && COMMANDS.has(`${first} ${second}`) ? `${first} ${second}` : first
    const load = COMMANDS.get(name)
    if (load === undefined) throw unknownCommand(name)
    return await runCommand(await load(), argv.slice(name.split(' ').length), surroundings)
  } catch (error) {
    return report(error, surroundings)
  }
}

async function runCommand(command: Command, args: readonly string[], surroundings: Surroundings): Promise<number> {
  const parsed = parseFlags(command, args)
  if (parsed.values.help === true) {
    surroundings.stdout(`${command.usage.trim()}\n`)
    return 0
  }
  return await command.run({ ...surroundings, values: parsed.values, positionals: parsed.positionals })
}

function parseFlags(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...COMMON_OPTIONS, ...command.options },
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new LcError('LC_CLI_FLAGS', message.split('. ')[0] ?? message, `See: lastcall ${command.name} --help`, 2)
  }
}

async function help(surroundings: Surroundings): Promise<number> {
  const commands = await Promise.all([...COMMANDS.values()].map(load => load()))
  const width = Math.max(...commands.map(command => command.name.length))
  const lines = commands.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`)
  surroundings.stdout(`lastcall: who still calls what you are taking away, and the mail that gets them off it in time.

${lines.join('\n')}

  lastcall COMMAND --help   shows a command's flags and an example

Try it:    lastcall demo                      (invented traffic, http://127.0.0.1:8080)
Your logs: lastcall analyze access.log        (nothing is stored or sent)
`)
  return 0
}

async function version(surroundings: Surroundings): Promise<number> {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
  surroundings.stdout(`lastcall ${manifest.version} (node ${process.version})\n`)
  return 0
}

function unknownCommand(name: string): LcError {
  const near = [...COMMANDS.keys()].filter(known => known.startsWith(name.slice(0, 2))).join(', ')
  return new LcError(
    'LC_CLI_COMMAND',
    `There is no command "${name.slice(0, 40)}".`,
    near === '' ? 'See: lastcall --help' : `Perhaps: ${near}. See: lastcall --help`,
    2,
  )
}

function report(error: unknown, surroundings: Surroundings): number {
  if (error instanceof LcError) {
    surroundings.stderr(`lastcall: ${error.message} [${error.code}]\n  ${error.todo}\n`)
    return error.exit
  }
  surroundings.stderr(
    `lastcall: a fault of ours [LC_BUG]: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 3
}
