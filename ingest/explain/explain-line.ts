import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { DropReason, Outcome, UnparsedReason } from '../../services/domain/outcome.ts'
import { routesOf } from '../../services/domain/routes.ts'
import { namesOf } from '../../services/domain/things.ts'
import { createSourceReader } from '../collect/source-reader.ts'
import type { KeyDigest } from '../normalise/key-digest.ts'
import type { LogRecord } from '../records/split.ts'
import { losingTemplates, type Loser } from './losing-templates.ts'

export interface ExplainOptions {
  readonly catalogue: Catalogue
  readonly source: Source
  readonly digest: KeyDigest
  /** Milliseconds UTC. */
  readonly received: number
}

export interface Explanation {
  readonly text: string
  readonly data: {
    readonly format: string | null
    readonly outcome: 'call' | 'dropped' | 'unparsed'
    readonly reason: string | null
    /** What changes this outcome; null for calls. */
    readonly todo: string | null
    readonly call: Call | null
    readonly deprecations: readonly string[]
    readonly losers: readonly Loser[]
  }
}

const DROPPED: Readonly<Record<DropReason, string>> = {
  'time-range': 'Its time lies before 2000 or more than 10 minutes ahead: check the source’s `zone`, and the gateway’s clock.',
  'no-host': 'The record tells no host: give the source one with `host:`.',
  'unknown-host': 'No API has this host: add it under the API’s `hosts:`.',
  subrequest: 'The gateway made this request itself on the way of another; that one is counted.',
  'other-hop': 'Another source is declared `authoritative` for this host: the same call is counted there.',
  'not-a-request': 'The record is of a connection or a comment, not of a request.',
}

const UNPARSED: Readonly<Record<UnparsedReason, string>> = {
  'unknown-format': 'No format reads this line: name one with `format:`, give the gateway’s `layout:`, or a `map:` for JSON.',
  'not-json': 'It begins as JSON and is none: see the gateway’s page under docs/formats for a log format that quotes everything.',
  'no-request': 'No method and path stand in it: the client sent something that is no HTTP request.',
  'no-status': 'No status stands in it: add the status to the gateway’s log format.',
  'no-time': 'No time stands in it: add one to the gateway’s log format, or to the `map:`.',
  'too-long': 'A line may be 1 MiB long.',
  encoding: 'It does not decompress.',
}

/** Why a record is counted as it is: one explanation for each line in it. */
export function explainLine(record: LogRecord, options: ExplainOptions): Explanation[] {
  const explanations: Explanation[] = []
  createSourceReader(options.catalogue, options.source, options.digest).read(record, options.received, (format, outcome) => {
    explanations.push(explain(format, outcome, options.catalogue))
  })
  return explanations
}

function explain(format: string, outcome: Outcome<Call>, catalogue: Catalogue): Explanation {
  const known = format === '' ? null : format
  if (outcome.kind !== 'ok') {
    const todo = outcome.kind === 'drop' ? DROPPED[outcome.reason] : UNPARSED[outcome.reason]
    const word = outcome.kind === 'drop' ? 'dropped' : 'unparsed'
    const text = `${word} (${outcome.reason})${known === null ? '' : `, read as ${known}`}\n  ${todo}`
    return { text, data: { format: known, outcome: word, reason: outcome.reason, todo, call: null, deprecations: [], losers: [] } }
  }
  const call = outcome.value
  const deprecations = deprecationsOf(call, catalogue)
  const losers = catalogue.apis.has(call.api) ? losingTemplates(routesOf(catalogue, call.api), call.operation.split(' ')[0] ?? '', call.path, call.operation) : []
  return { text: textOf(format, call, deprecations, losers), data: { format: known, outcome: 'call', reason: null, todo: null, call, deprecations, losers } }
}

function deprecationsOf(call: Call, catalogue: Catalogue): string[] {
  const stored = [{ version: call.version, operation: call.operation, matched: call.matched }]
  return [...catalogue.deprecations.values()]
    .filter(it => it.api === call.api && namesOf(it.thing, routesOf(catalogue, it.api), stored).exact.length > 0)
    .map(it => it.id)
}

function textOf(format: string, call: Call, deprecations: readonly string[], losers: readonly Loser[]): string {
  const fields: [string, string][] = [
    ['time', `${Temporal.Instant.fromEpochMilliseconds(Math.floor(call.time)).toString()} (${call.timeKind === 'start' ? 'the request’s start' : 'as logged'})`],
    ['api', call.api === '' ? '(none: the record tells no host)' : call.api],
    ['version', call.version === '' ? '(unpinned)' : call.version],
    ['operation', `${call.operation} (${call.matched === 'known' ? 'in the catalogue' : 'inferred: no operation of the catalogue matches'})`],
    ['path', call.path],
    ['consumer', call.consumer === '' ? `(nobody${call.status === 401 || call.status === 403 ? `: ${call.status} proves nothing` : ''})` : call.consumer],
    ['key', call.key],
    ['status', String(call.status)],
    ['agent', call.agent],
    ['net', call.net],
    ['class', call.class],
    ['request id', call.requestId],
    ['deprecation', call.deprecation],
    ['sunset', call.sunset],
    ['link', call.link],
    ['version header', call.versionHeader],
    ['truncated', call.truncated ? 'yes' : ''],
  ]
  const shown = fields.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(15)}${value}`)
  const verdict = deprecations.length === 0 ? '  is use of nothing deprecated' : `  is use of       ${deprecations.join(', ')}`
  const lost = losers.map(loser => `  did not match  ${loser.template}: ${loser.why}`)
  return [`call, read as ${format}`, ...shown, verdict, ...lost].join('\n')
}
