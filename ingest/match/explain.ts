import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { DropReason, Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { routesOf } from '../../services/domain/routes.ts'
import { normaliseHost } from '../normalise/host.ts'
import type { KeyDigest } from '../normalise/key-digest.ts'
import { createNormaliser } from '../normalise/normalise.ts'
import { authorityFor } from '../normalise/placement.ts'
import { readTarget, type Target } from '../normalise/target.ts'
import { type Loser, losingTemplates } from './losing-templates.ts'

export interface CallExplanation {
  readonly outcome: Outcome<Call>
  /** Why it was dropped or left unparsed, with what was found; '' for a call. */
  readonly rule: string
  /** The key of lastcall.yaml that changes that, `sources[edge].host`; '' when none does. */
  readonly key: string
  /** What a person may wonder at in a call: no consumer, no version, test traffic. One sentence each. */
  readonly notes: readonly string[]
  readonly losers: readonly Loser[]
}

export interface ExplainContext {
  readonly catalogue: Catalogue
  readonly source: Source
  readonly digest: KeyDigest
  /** Milliseconds UTC. */
  readonly received: number
}

/** Why a record a format has read is counted as it is. Shows only what may be kept: names of headers, never their values. */
export function explainCall(raw: RawCall, context: ExplainContext): CallExplanation {
  const outcome = createNormaliser(context)(raw, context.received)
  if (outcome.kind === 'drop') return { outcome, ...ruleOf(outcome.reason, raw, context), notes: [], losers: [] }
  if (outcome.kind === 'unparsed')
    return { outcome, rule: UNPARSED.get(outcome.reason) ?? '', key: '', notes: [], losers: [] }
  const call = outcome.value
  const method = call.operation.slice(0, call.operation.indexOf(' '))
  const losers = losingTemplates(routesOf(context.catalogue, call.api), method, call.path, call.operation)
  return { outcome, rule: '', key: '', notes: notesOf(call, raw, context), losers }
}

const UNPARSED: ReadonlyMap<string, string> = new Map([
  ['no-request', 'its method or target is none that HTTP knows'],
  ['no-status', 'its status is no number from 0 to 999'],
  ['no-time', 'its time is no number'],
])

function ruleOf(reason: DropReason, raw: RawCall, context: ExplainContext): { rule: string; key: string } {
  const source = `sources[${context.source.id}]`
  const host = hostOf(raw, context.source)
  switch (reason) {
    case 'time-range':
      return {
        rule: `its time, ${instantOf(raw.time)}, lies before 2000 or more than 10 minutes after its receipt`,
        key: `${source}.zone`,
      }
    case 'no-host':
      return { rule: 'the record names no host, and its source declares none', key: `${source}.host` }
    case 'unknown-host':
      return { rule: `no API has the host ${host}`, key: 'apis[].hosts' }
    case 'other-hop': {
      const other = authorityFor(context.catalogue, context.source, host)?.id ?? ''
      return {
        rule: `the source ${other} is declared authoritative for ${host}, and counts this call`,
        key: `sources[${other}].authoritative`,
      }
    }
    case 'subrequest':
    case 'not-a-request':
      return { rule: 'the record is no call of its own', key: '' }
    case 'queue-full':
      return { rule: 'it came by UDP faster than it could be kept', key: '' }
  }
}

function hostOf(raw: RawCall, source: Source): string {
  const target: Target = { host: '', path: '', query: '' }
  readTarget(raw.target, target)
  return normaliseHost(target.host) || normaliseHost(raw.host) || normaliseHost(source.host)
}

function instantOf(time: number): string {
  return Math.abs(time) <= 8.64e15 ? Temporal.Instant.fromEpochMilliseconds(Math.trunc(time)).toString() : String(time)
}

function notesOf(call: Call, raw: RawCall, { catalogue, source }: ExplainContext): string[] {
  const notes: string[] = []
  if (call.consumer === '') notes.push(nobody(call, raw, source))
  const selector = catalogue.apis.get(call.api)?.version
  if (call.version === '' && selector !== undefined) {
    const where = 'name' in selector ? `${selector.in} ${selector.name}` : selector.in
    notes.push(`No version: nothing pins one in its ${where} (apis[${call.api}].version).`)
  }
  if (call.class === 'test') {
    notes.push(
      raw.synthetic
        ? 'Test traffic: the gateway marks it as synthetic.'
        : `Test traffic: by its agent, network or consumer (sources[${source.id}].test, docs/matching.md).`,
    )
  }
  if (call.path.length >= 512) notes.push('Its path was cut to 512 characters.')
  return notes
}

function nobody(call: Call, raw: RawCall, source: Source): string {
  if (call.status === 401 || call.status === 403) return `No consumer: an answer of ${String(call.status)} proves none.`
  if (raw.identities.length > 0) return 'No consumer: the gateway names a placeholder that means nobody.'
  const untrusted = identifyingHeaders(raw).filter(name => !source.trustedHeaders.includes(name))
  if (untrusted.length > 0) {
    return `No consumer: of headers that may name one (${untrusted.join(', ')}) none is declared in sources[${source.id}].trusted-headers or sources[${source.id}].key.`
  }
  if (source.key === undefined)
    return `No consumer: the gateway names none, and sources[${source.id}].key says nowhere where a key stands.`
  const place = 'header' in source.key ? `header ${source.key.header}` : `query parameter ${source.key.query}`
  return `No consumer: the gateway names none, and the ${place} (sources[${source.id}].key) holds no key.`
}

const IDENTIFYING =
  /^(?:authorization|x-consumer-(?:id|username|custom-id)|x-credential-identifier|x-api-key|api-key|apikey|x-client-id|x-user-id)$/

function identifyingHeaders(raw: RawCall): string[] {
  const names = Object.keys(raw.requestHeaders ?? {})
    .map(name => name.toLowerCase())
    .filter(name => name.startsWith(raw.headerPrefix.toLowerCase()))
    .map(name => name.slice(raw.headerPrefix.length))
  return names.filter(name => IDENTIFYING.test(name)).slice(0, 5)
}
