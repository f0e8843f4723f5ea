import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../domain/catalogue.ts'
import type { Policy } from '../domain/policy.ts'
import { camelKeys } from './camel-keys.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ConfigText } from './documents.ts'
import { fault } from './findings.ts'
import { isRecord } from './plain-object.ts'
import type { Reader } from './reader.ts'
import { policySchema } from './schema/policy.ts'
import { shaped, shapeFaults } from './shape.ts'

const PRESETS = fileURLToPath(new URL('../policies/', import.meta.url))
const MAX_CHAIN = 8

interface Sheet {
  readonly value: Record<string, unknown>
  readonly text: ConfigText
}

/** The policies of one configuration: presets that ship as YAML, and the operator's own that extend them. */
export class PolicyShelf {
  readonly #reader: Reader
  readonly #read = new Map<string, Promise<Policy | undefined>>()

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** A preset by name, or a file by path (`./own.yaml`). Faults become findings of the reader. */
  policy(name: string, place: Place): Promise<Policy | undefined> {
    const key = isPath(name) ? this.#reader.resolve(place.file, name) : name
    let policy = this.#read.get(key)
    if (policy === undefined) {
      policy = this.#load(name, place)
      this.#read.set(key, policy)
    }
    return policy
  }

  async #load(name: string, place: Place): Promise<Policy | undefined> {
    const sheet = await this.#sheet(name, place, [])
    if (sheet === undefined) return undefined
    const { extends: _, ...whole } = sheet.value
    const value = { id: basename(sheet.text.file).replace(/\.ya?ml$/, ''), ...whole }
    const faults = shapeFaults(policySchema, value, sheet.text)
    this.#reader.findings.push(...faults)
    const read = shaped(policySchema, value)
    if (read === undefined) return undefined
    const { clauses, ...policy } = read
    return {
      ...camelKeys(policy),
      clauses: new Map(
        Object.entries(clauses).flatMap(([topic, clause]) => (clause === undefined ? [] : [[topic, clause] as const])),
      ),
    }
  }

  /** One file's keys over those of the one it extends. */
  async #sheet(name: string, place: Place, below: readonly string[]): Promise<Sheet | undefined> {
    const file = await this.#find(name, place)
    if (file === undefined) return undefined
    if (below.includes(file) || below.length >= MAX_CHAIN) {
      this.#reader.findings.push(
        fault(place, 'LC_POLICY_LOOP', `"${name}" extends itself, by way of others`, 'Let the chain end in a preset.'),
      )
      return undefined
    }
    const text = await this.#reader.readYaml(file, place)
    if (text === undefined) return undefined
    const faults = shapeFaults(policySchema, text.value, text, [], { partial: true })
    this.#reader.findings.push(...faults)
    if (faults.length > 0 || !isRecord(text.value)) return undefined
    const base = text.value.extends
    if (typeof base !== 'string') return { value: text.value, text }
    const under = await this.#sheet(base, text.place(['extends']), [...below, file])
    if (under === undefined) return undefined
    const { id: _, ...inherited } = under.value
    return { value: laidOver(inherited, text.value), text }
  }

  async #find(name: string, place: Place): Promise<string | undefined> {
    if (isPath(name)) return this.#reader.resolve(place.file, name)
    const presets = (await readdir(PRESETS)).filter(file => file.endsWith('.yaml')).map(file => file.slice(0, -5))
    if (presets.includes(name)) return join(PRESETS, `${name}.yaml`)
    this.#reader.findings.push(
      fault(
        place,
        'LC_POLICY_UNKNOWN',
        `no policy is called "${name}".${didYouMean(name, presets)}`,
        `Use ${presets.join(', ')}, or the path of your own (./policy.yaml).`,
      ),
    )
    return undefined
  }
}

const isPath = (name: string): boolean => name.includes('/') || /\.ya?ml$/.test(name)

/** Sets of keys are merged, at every depth; lists and words are replaced. */
function laidOver(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map(Object.entries(under))
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key)
    merged.set(key, isRecord(value) && isRecord(below) ? laidOver(below, value) : value)
  }
  return Object.fromEntries(merged)
}
