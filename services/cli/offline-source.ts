import { loadConfig } from '../config/load.ts'
import { defaultSource, openCatalogue } from '../config/open-catalogue.ts'
import type { Catalogue, Source } from '../domain/catalogue.ts'
import { LcError } from '../domain/errors.ts'
import { type CommandContext, textFlag } from './command.ts'

/** The catalogue named by `--catalogue`, or the open one in which every host is an API. Throws LC_CONFIG_FINDINGS. */
export async function loadCatalogueFor(context: CommandContext): Promise<Catalogue> {
  const file = textFlag(context, 'catalogue')
  if (file === undefined) return openCatalogue()
  const { catalogue, findings } = await loadConfig(file, { environment: context.environment })
  if (catalogue !== undefined) return catalogue
  for (const finding of findings)
    context.stderr(`${finding.file}:${finding.line}: ${finding.level} ${finding.code}: ${finding.message}\n`)
  throw new LcError(
    'LC_CONFIG_FINDINGS',
    `${file} has ${findings.length} findings.`,
    'Mend them; `lastcall check` lists them again.',
    2,
  )
}

/**
 * The source that files named on the command line are read as. Where nothing tells the host and the catalogue has one
 * API only, its first host is taken: nobody is mailed from here, and a person sees what was counted.
 */
export function offlineSource(context: CommandContext, catalogue: Catalogue): Source {
  const named = textFlag(context, 'source')
  const declared = named === undefined ? catalogue.sources.get('auto') : catalogue.sources.get(named)
  if (named !== undefined && declared === undefined)
    throw new LcError(
      'LC_CLI_SOURCE',
      `The catalogue has no source "${named}".`,
      `It has: ${[...catalogue.sources.keys()].join(', ')}.`,
      2,
    )
  const source = declared ?? defaultSource('auto')
  const header = textFlag(context, 'key-header')
  const [only] = [...catalogue.apis.values()]
  const [first] = catalogue.apis.size === 1 && only !== undefined ? only.hosts.filter(host => !host.includes('*')) : []
  return {
    ...source,
    format: textFlag(context, 'format', source.format),
    host: textFlag(context, 'host', source.host !== '' ? source.host : (first ?? '')),
    ...(header === undefined ? {} : { key: { header: header.toLowerCase() } }),
  }
}
