import { loadConfig } from '../config/load.ts'
import type { Loaded } from '../config/loaded.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import { LcError } from '../domain/errors.ts'
import { type CommandContext, textFlag } from './command.ts'

/** The configuration of a command that runs something: whole and without errors, or LC_CONFIG_FINDINGS (exit 2) with every fault on stderr. */
export async function loadForRun(
  context: CommandContext,
  file: string,
): Promise<{ readonly catalogue: Catalogue; readonly settings: Settings; readonly loaded: Loaded }> {
  const loaded = await loadConfig(file, { environment: context.environment })
  const { catalogue, settings, findings } = loaded
  for (const finding of findings)
    context.stderr(`${finding.file}:${finding.line}: ${finding.level} ${finding.code}: ${finding.message}\n`)
  if (catalogue === undefined || settings === undefined) {
    throw new LcError(
      'LC_CONFIG_FINDINGS',
      `${file} cannot be used.`,
      'Mend what is listed above; `lastcall check` explains each.',
      2,
    )
  }
  return { catalogue, settings, loaded }
}

/** `--port`: 0 is any free one. */
export function portFlag(context: CommandContext, otherwise: number): number {
  const text = textFlag(context, 'port')
  if (text === undefined) return otherwise
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new LcError(
      'LC_CLI_FLAGS',
      `"${text.slice(0, 20)}" is no port.`,
      'Give a number from 0 (any free one) to 65535.',
      2,
    )
  return port
}
