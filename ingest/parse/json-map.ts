import type { FieldMap, FieldTime } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, headerText, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { FieldPath, FieldPaths } from './field-path.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, asText, isObject, NOTHING_WORDS } from './json-value.ts'
import { requestInto } from './request-line.ts'
import { durationMs, settle } from './settle.ts'
import { clfTime, epochTime, isoTime } from './times.ts'

/** Units of a duration in a millisecond. */
const PER_MS = { s: 0.001, ms: 1, us: 1e3, ns: 1e6 } as const

/**
 * Any JSON record by a map of its fields (`format: json` with `map:`): what the map names is read, everything else
 * is not. A method or target that holds a whole request line is taken apart. What the map calls consumer and user
 * the operator declares to be asserted by the gateway.
 */
export function createJsonMap(map: FieldMap, about = ABOUT, readTime: TimeReader = instantOf): JsonFormat {
  const reader = new MapReader(map, readTime)
  return {
    kind: 'json',
    ...about,
    recognises: value => reader.recognises(value),
    parse: (value, context) => reader.parse(value, context),
  }
}

const ABOUT: Pick<JsonFormat, 'name' | 'title'> = { name: 'json', title: 'Any JSON by a map of its fields' }

/** Milliseconds UTC of a logged value, NaN when it is no time. `zone` is the source's. */
export type TimeReader = (value: unknown, field: FieldTime, zone: string) => number

class MapReader {
  readonly #map: FieldMap
  readonly #readTime: TimeReader
  readonly #words: ReadonlySet<string>
  readonly #tells: (value: unknown) => boolean
  readonly #paths = new Map<string, FieldPaths>()
  readonly #headers: FieldPath | undefined

  readonly #method: FieldPaths
  readonly #target: FieldPaths
  readonly #status: FieldPaths
  readonly #time: FieldPaths
  readonly #duration: FieldPaths
  readonly #perMs: number

  constructor(map: FieldMap, readTime: TimeReader) {
    this.#map = map
    this.#readTime = readTime
    this.#words = map.nothing === undefined ? NOTHING_WORDS : new Set([...NOTHING_WORDS, ...map.nothing])
    this.#tells = value => !this.#words.has(asText(value)) || isObject(value)
    this.#headers = map.headers === undefined ? undefined : new FieldPath(map.headers.path)
    this.#method = new FieldPaths(map.method)
    this.#target = new FieldPaths(map.target)
    this.#status = new FieldPaths(map.status)
    this.#time = new FieldPaths(map.time.path)
    this.#duration = new FieldPaths(map.duration?.path)
    this.#perMs = PER_MS[map.duration?.unit ?? 'ms']
    for (const field of TEXTS) if (map[field] !== undefined) this.#paths.set(field, new FieldPaths(map[field]))
  }

  recognises(value: JsonObject): boolean {
    return this.#status.read(value, this.#tells) !== undefined && this.#target.read(value, this.#tells) !== undefined
  }

  parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
    const call = emptyRawCall()
    this.#requestInto(call, value)
    call.route = this.#text(value, 'route')
    call.host = this.#text(value, 'host')
    call.agent = this.#text(value, 'agent')
    call.clientIp = firstOfList(this.#text(value, 'clientIp'))
    call.requestId = this.#text(value, 'requestId')
    call.apiKey = this.#text(value, 'key')
    call.deprecation = this.#text(value, 'deprecation')
    call.sunset = this.#text(value, 'sunset')
    call.link = this.#text(value, 'link')
    call.versionHeader = this.#text(value, 'versionHeader')
    this.#identitiesInto(call, value)
    this.#headersInto(call, value)
    call.durationMs = durationMs(asNumber(this.#duration.read(value, this.#tells)), this.#perMs)
    call.timeKind = this.#map.time.kind
    const time = this.#readTime(this.#time.read(value, this.#tells), this.#map.time, context.zone)
    return settle(call, asStatus(this.#status.read(value, this.#tells)), time, context)
  }

  #requestInto(call: RawCall, value: JsonObject): void {
    call.method = asText(this.#method.read(value, this.#tells))
    call.target = asText(this.#target.read(value, this.#tells))
    if (call.target.includes(' ')) requestInto(call, call.target)
    else if (call.method.includes(' ')) requestInto(call, call.method)
  }

  #identitiesInto(call: RawCall, value: JsonObject): void {
    const consumer = this.#paths.get('consumer')?.read(value, this.#tells)
    const user = this.#paths.get('user')?.read(value, this.#tells)
    if (consumer === undefined && user === undefined) return
    const identities: Identity[] = []
    identify(identities, 'consumer', consumer)
    identify(identities, 'user', user)
    call.identities = identities
  }

  #headersInto(call: RawCall, value: JsonObject): void {
    const bag = this.#headers?.read(value)
    if (!isObject(bag)) return
    call.requestHeaders = bag
    call.headerPrefix = this.#map.headers?.prefix ?? ''
  }

  #text(value: JsonObject, field: TextField): string {
    const found = this.#paths.get(field)?.read(value, this.#tells)
    return found === undefined ? '' : headerText(found)
  }
}

const TEXTS = [
  'route',
  'host',
  'agent',
  'clientIp',
  'requestId',
  'key',
  'deprecation',
  'sunset',
  'link',
  'versionHeader',
  'consumer',
  'user',
] as const
type TextField = (typeof TEXTS)[number]

/** Milliseconds UTC of a logged value in a field's unit and zone, NaN when it is none. `zone` is the source's. */
export function instantOf(value: unknown, field: FieldTime, zone: string): number {
  if (value === undefined) return Number.NaN
  if (field.unit === 'iso') return isoTime(asText(value), field.zone ?? zone)
  if (field.unit === 'clf') return clfTime(withoutBrackets(asText(value)), field.zone ?? zone)
  return epochTime(Array.isArray(value) ? asText(value) : value, field.unit)
}

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
}

/** Of `client, proxy, proxy` the first. */
function firstOfList(text: string): string {
  const comma = text.indexOf(',')
  return comma === -1 ? text : text.slice(0, comma).trim()
}
