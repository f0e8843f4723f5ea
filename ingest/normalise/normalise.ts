import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import { drop, type Outcome, ok, unparsed } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { type Alias, Identities } from './identity.ts'
import { readStatus, readWeight, setInstant } from './instant.ts'
import type { KeyDigest } from './key-digest.ts'
import { NormaliserMemory } from './memory.ts'
import { readMethod } from './method.ts'
import { Placement } from './placement.ts'
import { normaliseRequestId } from './request-id.ts'
import { Sender } from './sender.ts'
import { readTarget, type Target } from './target.ts'

export interface NormaliserOptions {
  readonly catalogue: Catalogue
  readonly source: Source
  readonly digest: KeyDigest
  /** What was seen today; shared by all sources of a process, kept over a reload. Its own when left out. */
  readonly memory?: NormaliserMemory
  /** Told once in a while of each key seen while an earlier pepper is still known. */
  readonly onAlias?: (alias: Alias) => void
}

/** One source's records to calls. `received` is milliseconds UTC. Never throws for what is in a record. */
export type Normalise = (raw: RawCall, received: number) => Outcome<Call>

/**
 * Judges what a format read: instant, method, target, API, operation, version, consumer, key and class, everything
 * scrubbed and capped (design §5). Pure but for its caches and caps, which change no answer but `__other__`.
 */
export function createNormaliser(options: NormaliserOptions): Normalise {
  const { catalogue, source, digest, memory = new NormaliserMemory(), onAlias } = options
  const identities = new Identities(source, digest, onAlias)
  const placement = new Placement(catalogue, source, memory)
  const sender = new Sender(source, memory)
  const target: Target = { host: '', path: '', query: '' }
  let generation = -1

  return (raw, received) => {
    memory.turn(received)
    if (memory.generation !== generation) {
      generation = memory.generation
      placement.clear()
      sender.clear()
    }
    const status = readStatus(raw.status)
    if (status === undefined) return unparsed('no-status')
    const method = readMethod(raw.method)
    if (method.kind === 'none') return unparsed('no-request')
    if (!readTarget(raw.target === '' ? raw.route : raw.target, target)) return unparsed('no-request')
    const call = emptyCall(source.id, received)
    const refused = setInstant(call, raw, received)
    if (refused !== undefined) return refused

    const host = placement.hostOf(target.host, raw.host)
    if (placement.isOtherHop(host)) return drop('other-hop')
    const api = placement.apiOf(host)
    if (api === undefined) return drop(host === '' ? 'no-host' : 'unknown-host')
    placement.place(call, api, host, method, target, raw, status)

    identities.read(raw, target.query, status)
    call.consumer = identities.consumer
    call.key = identities.key
    sender.describe(call, raw)
    call.status = status
    call.weight = readWeight(raw.weight)
    call.requestId = normaliseRequestId(raw.requestId, digest)
    call.truncated = raw.truncated
    return ok(call)
  }
}

function emptyCall(source: string, received: number): Call {
  return {
    time: 0,
    timeKind: 'logged',
    received,
    source,
    api: '',
    version: '',
    operation: '',
    matched: 'inferred',
    mapRev: 0,
    path: '',
    consumer: '',
    key: '',
    agent: '',
    net: '',
    status: 0,
    weight: 1,
    class: 'use',
    durationMs: 0,
    requestId: '',
    deprecation: '',
    sunset: '',
    link: '',
    versionHeader: '',
    truncated: false,
  }
}
