import { join } from 'node:path'
import { ScriptProcess } from './script-process.ts'

const BIN = join(import.meta.dirname, '../../services/cli/lastcall.js')

/** A long-running command of `lastcall` as a process of its own. */
export class ServiceProcess extends ScriptProcess {
  constructor(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ) {
    super(BIN, [command, '--log-level', 'error', ...args], environment, flags)
  }
}
