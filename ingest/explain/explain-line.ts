import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { DropReason, UnparsedReason } from '../../services/domain/outcome.ts'
import { routesOf } from '../../services/domain/routes.ts'
import { namesOf } from '../../services/domain/things.ts'
import { type CallExplanation, explainCall } from '../match/explain.ts'
import type { Loser } from '../match/losing-templates.ts'
import type { KeyDigest } from '../normalise/key-digest.ts'
import { createParser } from '../parse/parser.ts'
import type { LogRecord } from '../records/split.ts'

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
    /** What was found that the rule is about; null where the reason says all. */
    readonly rule: string | null
    /** The key of lastcall.yaml that changes this outcome; null when none does. */
    readonly key: string | null
    /** What changes this outcome; null for calls. */
    readonly todo: string | null
    /** What one may wonder at in a call: no consumer, no version, test traffic. */
    readonly notes: readonly string[]
    readonly call: Call | null
    readonly deprecations: readonly string[]
    readonly losers: readonly Loser[]
  }
}

const DROPPED: Readonly<Record<DropReason, string>> = {
  'time-range':
    'Its time lies before 2000 or more than 10 minutes ahead: check the source’s `zone`, and the gateway’s clock.',
  'no-host': 'The record tells no host: give the source one with `host:`.',
  'unknown-host': 'No API has this host: add it under the API’s `hosts:`.',
  subrequest: 'The gateway made this request itself on the way of another; that one is counted.',
  'other-hop': 'Another source is declared `authoritative` for this host: the same call is counted there.',
  'not-a-request': 'The record is of a connection or a comment, not of a request.',
  'queue-full': 'It came by UDP faster than it could be kept.',
}

const UNPARSED: Readonly<Record<UnparsedReason, string>> = {
  'unknown-format':
    'No format reads this line: name one with `format:`, give the gateway’s `layout:`, or a `map:` for JSON.',
  'not-json':
    'It begins as JSON and is none: see the gateway’s page under docs/formats for a log format that quotes everything.',
  'no-request': 'No method and path stand in it: the client sent something that is no HTTP request.',
  'no-status': 'No status stands in it: add the status to the gateway’s log format.',
  'no-time': 'No time stands in it: add one to the gateway’s log format, or to the `map:`.',
  'too-long': 'A line may be 1 MiB long.',
  encoding: 'It does not decompress.',
  'cut-off': 'Its syslog connection ended in the middle of it.',
}

/** Why a record is counted as it is: one explanation for each line in it. */
export function explainLine(record: LogRecord, options: ExplainOptions): Explanation[] {
  const explanations: Explanation[] = []
  createParser(options.source).parse(record, options.received, (format, raw) => {
    const call =
      raw.kind === 'ok' ? explainCall(raw.value, options) : { outcome: raw, rule: '', key: '', notes: [], losers: [] }
    explanations.push(explain(format === '' ? null : format, call, options.catalogue))
  })
  return explanations
}

function explain(
  format: string | null,
  { outcome, rule, key, notes, losers }: CallExplanation,
  catalogue: Catalogue,
): Explanation {
  if (outcome.kind !== 'ok') {
    const todo = outcome.kind === 'drop' ? DROPPED[outcome.reason] : UNPARSED[outcome.reason]
    const word = outcome.kind === 'drop' ? 'dropped' : 'unparsed'
    const facts = [rule, key === '' ? '' : `key: ${key}`].filter(fact => fact !== '')
    const text = [`${word} (${outcome.reason})${format === null ? '' : `, read as ${format}`}`, ...facts, todo].join(
      '\n  ',
    )
    return {
      text,
      data: {
        format,
        outcome: word,
        reason: outcome.reason,
        rule: rule || null,
        key: key || null,
        todo,
        call: null,
        notes,
        deprecations: [],
        losers,
      },
    }
  }
  const call = outcome.value
  const deprecations = deprecationsOf(call, catalogue)
  return {
    text: textOf(format ?? '', call, deprecations, losers, notes),
    data: {
      format,
      outcome: 'call',
      reason: null,
      rule: null,
      key: null,
      todo: null,
      call,
      notes,
      deprecations,
      losers,
    },
  }
}

function deprecationsOf(call: Call, catalogue: Catalogue): string[] {
  const stored = [{ version: call.version, operation: call.operation, matched: call.matched }]
  return [...catalogue.deprecations.values()]
    .filter(it => it.api === call.api && namesOf(it.thing, routesOf(catalogue, it.api), stored).exact.length > 0)
    .map(it => it.id)
}

function textOf(
  format: string,
  call: Call,
  deprecations: readonly string[],
  losers: readonly Loser[],
  notes: readonly string[],
): string {
  const fields: [string, string][] = [
    [
      'time',
      `${Temporal.Instant.fromEpochMilliseconds(Math.floor(call.time)).toString()} (${call.timeKind === 'start' ? 'the request’s start' : 'as logged'})`,
    ],
    ['api', call.api === '' ? '(none: the record tells no host)' : call.api],
    ['version', call.version === '' ? '(unpinned)' : call.version],
    [
      'operation',
      `${call.operation} (${call.matched === 'known' ? 'in the catalogue' : 'inferred: no operation of the catalogue matches'})`,
    ],
    ['path', call.path],
    [
      'consumer',
      call.consumer === ''
        ? `(nobody${call.status === 401 || call.status === 403 ? `: ${call.status} proves nothing` : ''})`
        : call.consumer,
    ],
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
  const verdict =
    deprecations.length === 0 ? '  is use of nothing deprecated' : `  is use of       ${deprecations.join(', ')}`
  const lost = losers.map(loser => `  did not match  ${loser.template}: ${loser.why}`)
  return [`call, read as ${format}`, ...shown, verdict, ...lost, ...notes.map(note => `  ${note}`)].join('\n')
}
