import type { Finding, VersionSelector } from '../../domain/catalogue.ts'
import type { DraftApi, DraftChange } from '../draft.ts'
import { fault } from '../findings.ts'
import { type Item, judge, type Raw } from '../item.ts'
import type { PolicyShelf } from '../policies.ts'
import type { Reader } from '../reader.ts'
import { type ApiYaml, apiSchema, changeSchema } from '../schema/api.ts'
import type { RawApi } from '../sections.ts'
import { readDate, readZone } from './dates.ts'
import { readHost } from './hosts.ts'
import { readOperations } from './operations.ts'

/** One API, its policy and its operations read. */
export async function buildApi(
  { raw, changes }: RawApi,
  reader: Reader,
  shelf: PolicyShelf,
): Promise<DraftApi | undefined> {
  const item = judge(apiSchema, raw, reader.findings)
  if (item === undefined) {
    for (const change of changes) buildChange(change, reader.findings)
    return undefined
  }
  const { value } = item
  const { findings } = reader
  return {
    item,
    id: value.id,
    policy: await shelf.policy(value.policy, item.at('policy')),
    hosts: value.hosts.flatMap((host, index) => readHost(host, item.at('hosts', index), findings, true) ?? []),
    zone: readZone(value.zone, item.at('zone'), findings),
    support: value.support,
    selector: readSelector(item, findings),
    listed: await readOperations(item, reader),
    versions: value.versions.flatMap(({ id, released }, index) => {
      const date = readDate(released, item.at('versions', index, 'released'), findings)
      return date === undefined ? [] : [{ version: id, released: date.toString() }]
    }),
    changes: changes.flatMap(change => buildChange(change, findings) ?? []),
  }
}

function readSelector({ value, at }: Item<ApiYaml>, findings: Finding[]): VersionSelector | undefined {
  const { in: where, name } = value.version
  if (where === 'header' || where === 'query') {
    if (name !== undefined) return { in: where, name: where === 'header' ? name.toLowerCase() : name }
    findings.push(
      fault(
        at('version'),
        'LC_VERSION_NAME',
        `the version stands in a ${where}, and its name is missing`,
        `Add name: the ${where}’s name.`,
      ),
    )
    return undefined
  }
  if (name !== undefined)
    findings.push(
      fault(at('version', 'name'), 'LC_VERSION_NAME', `a version in the ${where} has no name`, 'Take the name out.'),
    )
  return { in: where }
}

/** One entry of the changelog; undefined, with its findings, when it cannot be read. */
export function buildChange(raw: Raw, findings: Finding[]): DraftChange | undefined {
  const item = judge(changeSchema, raw, findings)
  if (item === undefined) return undefined
  const { version, kind, text, class: written } = item.value
  const date = readDate(item.value.date, item.at('date'), findings)
  return date === undefined
    ? undefined
    : { item, date: date.toString(), version, kind, text, written, place: item.at() }
}
