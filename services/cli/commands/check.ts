import { formatsOf } from '../../../ingest/parse/declared.ts'
import { FORMAT_BY_NAME } from '../../../ingest/parse/formats.ts'
import { LAYOUT_COMPILERS } from '../../../ingest/parse/layout/compile.ts'
import { loadConfig } from '../../config/load.ts'
import type { FormatShelf } from '../../config/loaded.ts'
import type { Finding } from '../../domain/catalogue.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'

const formats: FormatShelf = { names: new Set([...FORMAT_BY_NAME.keys(), ...LAYOUT_COMPILERS.keys()]), open: formatsOf }

/** Reads the configuration as every other command would, and says all that is wrong with it. */
export const check: Command = {
  name: 'check',
  summary: 'config, catalogue and policy lint: every fault at once, with file and line',
  usage: `lastcall check [--config FILE] [--json]

Reads the configuration, the files it names (OpenAPI, policies, customers) and judges them by the rules of each
API's policy. Nothing is started or sent.

Exit: 0 good (warnings allowed), 1 errors found, 2 the file cannot be read.

  lastcall check --config lastcall.yaml
  lastcall check --json | jq '.findings[] | select(.level == "error")'`,
  options: {},
  run,
}

async function run(context: CommandContext): Promise<number> {
  const file = textFlag(context, 'config', 'lastcall.yaml')
  const { catalogue, findings, files } = await loadConfig(file, { environment: context.environment, formats })
  const errors = findings.filter(finding => finding.level === 'error').length
  if (context.values.json === true) {
    const counts = {
      files,
      sources: catalogue?.sources.size,
      apis: catalogue?.apis.size,
      deprecations: catalogue?.deprecations.size,
      customers: catalogue?.customers.byId.size,
    }
    context.stdout(
      `${JSON.stringify({ ok: errors === 0, revision: catalogue?.revision ?? null, ...counts, findings }, null, 2)}\n`,
    )
    return errors === 0 ? 0 : 1
  }
  for (const finding of findings) context.stdout(`${line(finding)}\n`)
  if (catalogue === undefined) {
    context.stderr(`${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}\n`)
    return 1
  }
  const { apis, deprecations, sources, customers, revision } = catalogue
  const parts = [
    counted(sources.size, 'source'),
    counted(apis.size, 'API'),
    counted(deprecations.size, 'deprecation'),
    counted(customers.byId.size, 'customer'),
  ]
  context.stderr(`${file} is good: ${parts.join(', ')}; ${counted(findings.length, 'warning')}; revision ${revision}\n`)
  return 0
}

/** `file:line: error LC_X: what is wrong — what to do`, the form editors jump from. */
function line({ file, line: at, level, code, message, todo, clause }: Finding): string {
  return `${file}:${at}: ${level} ${code}: ${message} — ${todo}${clause === undefined ? '' : ` [${clause}]`}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
