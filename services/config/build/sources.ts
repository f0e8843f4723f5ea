import type { FieldMap, Finding, Source } from '../../domain/catalogue.ts'
import { LcError } from '../../domain/errors.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { DraftSource } from '../draft.ts'
import { fault, quoted } from '../findings.ts'
import { type Item, judge, type Raw } from '../item.ts'
import type { FormatShelf } from '../loaded.ts'
import type { Reader } from '../reader.ts'
import { type FieldMapYaml, type SourceYaml, sourceSchema } from '../schema/source.ts'
import { readZone } from './dates.ts'
import { readDoors } from './doors.ts'
import { readHost } from './hosts.ts'
import { checkNetwork } from './networks.ts'

/** Every source that is shaped well. */
export function buildSources(
  raws: readonly Raw[],
  reader: Reader,
  formats: FormatShelf | undefined,
): readonly DraftSource[] {
  return raws.flatMap(raw => {
    const item = judge(sourceSchema, raw, reader.findings)
    if (item === undefined) return []
    const source = buildSource(item, reader)
    if (formats !== undefined) checkFormat(source, item, formats, reader.findings)
    return [{ source, place: item.at() }]
  })
}

function buildSource(item: Item<SourceYaml>, reader: Reader): Source {
  const { value } = item
  const { findings } = reader
  for (const [index, network] of value.test.networks.entries())
    checkNetwork(network, item.at('test', 'networks', index), findings)
  return {
    id: value.id,
    format: value.format,
    realm: value.realm ?? value.id,
    key: readKey(item, findings),
    trustedHeaders: value['trusted-headers'].map(name => name.toLowerCase()),
    host: value.host === '' ? '' : (readHost(value.host, item.at('host'), findings, false) ?? ''),
    zone: readZone(value.zone, item.at('zone'), findings),
    ...readDoors(item, reader),
    map: value.map === undefined ? undefined : readMap(value.map, item, findings),
    layout: value.layout,
    tokens: value.tokens,
    keepQuery: value['keep-query'],
    authoritative: value.authoritative.flatMap(
      (host, index) => readHost(host, item.at('authoritative', index), findings, true) ?? [],
    ),
    test: value.test,
  }
}

function checkFormat(
  source: Source,
  { at }: Item<SourceYaml>,
  { names, open }: FormatShelf,
  findings: Finding[],
): void {
  const { format, map } = source
  if (format !== 'auto' && map === undefined && !names.has(format)) {
    findings.push(
      fault(
        at('format'),
        'LC_FORMAT',
        `no format is called ${quoted(format)}.${didYouMean(format, names)}`,
        `It should be one of auto, ${[...names].join(', ')}.`,
      ),
    )
    return
  }
  try {
    open(source)
  } catch (error) {
    if (!(error instanceof LcError)) throw error
    findings.push({ ...fault(at('layout'), 'LC_FORMAT', error.message, error.todo), code: error.code })
  }
}

function readKey({ value, at }: Item<SourceYaml>, findings: Finding[]): Source['key'] {
  if (value.key === undefined) return undefined
  const { header, query } = value.key
  if (header !== undefined && query === undefined) return { header: header.toLowerCase() }
  if (query !== undefined && header === undefined) return { query }
  findings.push(
    fault(at('key'), 'LC_SOURCE_KEY', 'the caller’s key stands in one place', 'Give either header or query.'),
  )
  return undefined
}

const several = (path: string | string[]): readonly string[] => (typeof path === 'string' ? [path] : path)

function readMap(map: FieldMapYaml, item: Item<SourceYaml>, findings: Finding[]): FieldMap {
  const { time, duration, headers, nothing } = map
  const zone = time.zone === undefined ? undefined : readZone(time.zone, item.at('map', 'time', 'zone'), findings)
  return {
    time: { path: several(time.path), unit: time.unit, kind: time.kind, ...(zone === undefined ? {} : { zone }) },
    method: several(map.method),
    target: several(map.target),
    status: several(map.status),
    ...(duration === undefined ? {} : { duration: { path: several(duration.path), unit: duration.unit } }),
    ...(headers === undefined ? {} : { headers }),
    ...(nothing === undefined ? {} : { nothing }),
    ...optionalPaths(map),
  }
}

const OPTIONAL = [
  ['host', 'host'],
  ['route', 'route'],
  ['consumer', 'consumer'],
  ['user', 'user'],
  ['key', 'key'],
  ['agent', 'agent'],
  ['client-ip', 'clientIp'],
  ['request-id', 'requestId'],
  ['deprecation', 'deprecation'],
  ['sunset', 'sunset'],
  ['link', 'link'],
  ['version-header', 'versionHeader'],
] as const

function optionalPaths(map: FieldMapYaml): Pick<FieldMap, (typeof OPTIONAL)[number][1]> {
  return Object.fromEntries(
    OPTIONAL.flatMap(([written, name]) => {
      const path = map[written]
      return path === undefined ? [] : [[name, several(path)]]
    }),
  )
}
