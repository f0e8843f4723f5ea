import type { Finding } from '../domain/catalogue.ts'
import { assemble } from './assemble.ts'
import { buildApi, buildChange } from './build/apis.ts'
import { buildDeprecation } from './build/deprecations.ts'
import { buildSources } from './build/sources.ts'
import { readCustomers } from './customers/read.ts'
import type { Draft, DraftApi } from './draft.ts'
import { fault } from './findings.ts'
import type { Loaded, LoadOptions } from './loaded.ts'
import { textOf } from './plain-object.ts'
import { PolicyShelf } from './policies.ts'
import { Reader } from './reader.ts'
import { RULES } from './rules.ts'
import { readSections, type Sections } from './sections.ts'
import { settingsFindings } from './settings-findings.ts'

/**
 * Reads a configuration: settings and catalogue, from one YAML file and those it names. All faults are found at once;
 * with an error among them there is neither catalogue nor settings.
 *
 * @param file path of the main file; other paths are relative to the file that names them.
 * @throws LcError LC_CONFIG_UNREADABLE when the main file cannot be read. Everything else is a finding.
 */
export async function loadConfig(file: string, options: LoadOptions): Promise<Loaded> {
  const reader = new Reader(file)
  const sections = await readSections(reader)
  if (sections === undefined)
    return { catalogue: undefined, settings: undefined, findings: reader.findings, ...traces(reader) }
  const draft = await readDraft(sections, reader, options)
  const { settings, main } = sections
  const judged = [
    ...RULES.flatMap(rule => rule(draft)),
    ...(settings === undefined ? [] : settingsFindings(settings, main, options.environment)),
  ]
  const findings = inOrder([...reader.findings, ...judged], reader.files)
  const good = !findings.some(finding => finding.level === 'error')
  return {
    catalogue: good ? assemble(draft, reader.revision()) : undefined,
    settings: good ? settings : undefined,
    findings,
    ...traces(reader),
  }
}

const traces = (reader: Reader): Pick<Loaded, 'files' | 'globs' | 'revision'> => ({
  files: reader.files,
  globs: reader.globs,
  revision: reader.revision(),
})

async function readDraft(sections: Sections, reader: Reader, options: LoadOptions): Promise<Draft> {
  const shelf = new PolicyShelf(reader)
  const apis: DraftApi[] = []
  for (const one of sections.apis) {
    const api = await buildApi(one, reader, shelf)
    if (api !== undefined) apis.push(api)
  }
  for (const change of sections.strayChanges) {
    buildChange(change, reader.findings)
    reader.findings.push(
      fault(
        change.text.place(change.path),
        'LC_API_UNKNOWN',
        'the change names no API that is declared',
        'Add api: the id of its API.',
      ),
    )
  }
  const read = new Map(apis.map(api => [api.id, api]))
  const declared = new Set(sections.apis.flatMap(({ raw }) => textOf(raw.value, 'id') ?? []))
  const deprecations = sections.deprecations.flatMap(one => buildDeprecation(one, read, declared, reader) ?? [])
  const sources = buildSources(sections.sources, reader, options.formats)
  return { sources, apis, deprecations, ...(await readCustomers(sections.customers, reader)) }
}

/** By file as they were read, then by line. */
function inOrder(findings: Finding[], files: readonly string[]): readonly Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]))
  const at = (finding: Finding): number => rank.get(finding.file) ?? files.length
  return findings.sort((a, b) => at(a) - at(b) || a.line - b.line)
}
