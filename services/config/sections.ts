import { Value } from 'typebox/value'
import type { RawDeprecation } from './build/deprecations.ts'
import { camelKeys } from './camel-keys.ts'
import type { ConfigText } from './documents.ts'
import { type Raw, rawItems } from './item.ts'
import { isRecord, keyOf, textOf } from './plain-object.ts'
import type { Reader } from './reader.ts'
import { mainSchema, partSchema } from './schema/main.ts'
import { type Settings, settingsSchema } from './schema/settings.ts'
import { shaped, shapeFaults } from './shape.ts'

/** The main file and those it includes, cut into items that are not judged yet. */
export interface Sections {
  readonly main: ConfigText
  readonly settings: Settings | undefined
  readonly sources: readonly Raw[]
  readonly apis: readonly RawApi[]
  /** All of them, those inside an API too. */
  readonly deprecations: readonly RawDeprecation[]
  /** Changes that stand outside an API and name none that is declared. */
  readonly strayChanges: readonly Raw[]
  readonly customers: readonly Raw[]
}

export interface RawApi {
  readonly raw: Raw
  /** Those inside it and those that name it. */
  readonly changes: readonly Raw[]
}

/** Reads the main file and its includes. @throws LcError LC_CONFIG_UNREADABLE when there is no main file to read. */
export async function readSections(reader: Reader): Promise<Sections | undefined> {
  const main = await reader.readMain()
  if (main === undefined) return undefined
  const filled = Value.Default(mainSchema, structuredClone(main.value))
  for (const one of shapeFaults(mainSchema, filled, main)) reader.findings.push(one)
  const parts = [main, ...(await includes(main, reader))]
  const changes = items(parts, 'changes')
  const apis = items(parts, 'apis').map(raw => {
    const id = textOf(raw.value, 'id')
    return {
      raw,
      changes: [
        ...inside(raw, 'changes'),
        ...changes.filter(change => id !== undefined && textOf(change.value, 'api') === id),
      ],
    }
  })
  const declared = new Set(apis.map(({ raw }) => textOf(raw.value, 'id')))
  return {
    main,
    settings: withFiles(settingsOf(filled), path => reader.resolve(main.file, path)),
    sources: items(parts, 'sources'),
    apis,
    deprecations: [
      ...apis.flatMap(({ raw }) =>
        inside(raw, 'deprecations').map(one => ({ raw: one, inside: textOf(raw.value, 'id') })),
      ),
      ...items(parts, 'deprecations').map(raw => ({ raw, inside: undefined })),
    ],
    strayChanges: changes.filter(change => !declared.has(textOf(change.value, 'api') ?? '')),
    customers: parts.flatMap(text => {
      const value = keyOf(text.value, 'customers')
      return value === undefined ? [] : [{ value, text, path: ['customers'] }]
    }),
  }
}

async function includes(main: ConfigText, reader: Reader): Promise<readonly ConfigText[]> {
  const patterns = keyOf(main.value, 'include')
  const read: ConfigText[] = []
  if (!Array.isArray(patterns)) return read
  const seen = new Set([reader.main])
  for (const [index, pattern] of patterns.entries()) {
    if (typeof pattern !== 'string') continue
    const place = main.place(['include', index])
    for (const file of await reader.glob(pattern, place)) {
      if (seen.has(file)) continue
      seen.add(file)
      const text = await reader.readYaml(file, place)
      if (text === undefined) continue
      for (const one of shapeFaults(partSchema, text.value, text)) reader.findings.push(one)
      read.push(text)
    }
  }
  return read
}

function settingsOf(filled: unknown): Settings | undefined {
  if (!isRecord(filled)) return undefined
  const own = Object.fromEntries(
    Object.entries(filled).filter(([key]) => Object.hasOwn(settingsSchema.properties, key)),
  )
  const settings = shaped(settingsSchema, own)
  return settings === undefined ? undefined : camelKeys(settings)
}

/** Paths in the settings are relative to the main file, as all others. */
function withFiles(settings: Settings | undefined, resolve: (path: string) => string): Settings | undefined {
  if (settings === undefined) return undefined
  const { topic, grpc } = settings
  return {
    ...settings,
    topic: topic.kafka === undefined ? topic : { ...topic, kafka: resolved(topic.kafka, resolve) },
    ...(grpc === undefined ? {} : { grpc: resolved(grpc, resolve) }),
  }
}

const FILES = ['caFile', 'certFile', 'keyFile', 'clientCaFile'] as const

function resolved<T extends { readonly [key in (typeof FILES)[number]]?: string }>(
  value: T,
  resolve: (path: string) => string,
): T {
  const paths = FILES.flatMap(key => (value[key] === undefined ? [] : [[key, resolve(value[key])]]))
  return { ...value, ...Object.fromEntries(paths) }
}

const items = (parts: readonly ConfigText[], key: string): readonly Raw[] =>
  parts.flatMap(text => rawItems(text, [key], keyOf(text.value, key)))

const inside = (raw: Raw, key: string): readonly Raw[] => rawItems(raw.text, [...raw.path, key], keyOf(raw.value, key))
