import { type Meaning, SKIP } from './field.ts'
import { ownHeader, requestHeader, responseHeader } from './meanings.ts'

/** What a field tells and, of several that tell the same, how well. */
export interface Alias {
  readonly meaning: Meaning
  readonly rank: number
}

/** Names of the headers captured, in the order of the configuration's `capture` lines. */
export interface Captures {
  readonly request: readonly string[]
  readonly response: readonly string[]
}

const KNOWN: ReadonlyMap<string, Alias> = new Map<string, Alias>([
  ['r', { meaning: { of: 'request' }, rank: 1 }],
  ['HM', { meaning: { of: 'method' }, rank: 1 }],
  ['HU', { meaning: { of: 'target' }, rank: 3 }],
  ['HP', { meaning: { of: 'path' }, rank: 2 }],
  ['HPO', { meaning: { of: 'path' }, rank: 1 }],
  ['HQ', { meaning: { of: 'query' }, rank: 1 }],
  ['ST', { meaning: { of: 'status' }, rank: 1 }],
  ['ci', { meaning: { of: 'client' }, rank: 2 }],
  ['cp', { meaning: { of: 'port' }, rank: 1 }],
  ['bp', { meaning: { of: 'port' }, rank: 1 }],
  ['fp', { meaning: { of: 'port' }, rank: 1 }],
  ['sp', { meaning: { of: 'port' }, rank: 1 }],
  ['ID', { meaning: { of: 'request-id' }, rank: 2 }],
  ['Ta', { meaning: { of: 'duration', unit: 'ms' }, rank: 3 }],
  ['Tu', { meaning: { of: 'duration', unit: 'ms' }, rank: 2 }],
  ['Tt', { meaning: { of: 'duration', unit: 'ms' }, rank: 1 }],
  // An instant first, then what carries its offset, then what needs the source's zone.
  ['Ts', { meaning: { of: 'epoch', unit: 's' }, rank: 4 }],
  ['ms', { meaning: { of: 'fraction', unit: 'ms' }, rank: 4 }],
  ['trg', { meaning: { of: 'clf' }, rank: 3 }],
  ['trl', { meaning: { of: 'clf' }, rank: 3 }],
  ['tr', { meaning: { of: 'clf' }, rank: 2 }],
  ['T', { meaning: { of: 'clf' }, rank: 2 }],
  ['Tl', { meaning: { of: 'clf' }, rank: 2 }],
  ['t', { meaning: { of: 'clf' }, rank: 1 }],
])

const SKIPPED: ReadonlySet<string> = new Set(
  'B CC CS H HV Tc Td Th Ti Tq TR Tr Tw U ac b bc bi bq f fc fi ft hrl hsl lc pid rc rt s sc si sq sslc sslv ts tsc OG'.split(
    ' ',
  ),
)

/** What `%name` tells, undefined for a name HAProxy does not have. (configuration manual, 8.2.6 "Custom log format".) */
export function haproxyAlias(name: string, captures: Captures): Alias | undefined {
  if (name === 'hr') return { meaning: { of: 'captures', columns: columns('req', captures.request) }, rank: 1 }
  if (name === 'hs') return { meaning: { of: 'captures', columns: columns('res', captures.response) }, rank: 1 }
  return KNOWN.get(name) ?? (SKIPPED.has(name) ? { meaning: SKIP, rank: 1 } : undefined)
}

/** Columns without a `capture` line keep their position as name, as in the plain `haproxy` format. */
function columns(side: 'req' | 'res', names: readonly string[]): Meaning[] {
  return Array.from({ length: 16 }, (_, index) => capturedHeader(side, index, names))
}

function capturedHeader(side: 'req' | 'res', index: number, names: readonly string[]): Meaning {
  const name = names[index]
  if (name === undefined)
    return names.length > 0 ? SKIP : { of: 'request-header', name: `capture.${side}.hdr-${index}` }
  return side === 'req' ? requestHeader(name) : responseHeader(name)
}

const SAMPLES: ReadonlyMap<string, Alias> = new Map<string, Alias>([
  ['method', { meaning: { of: 'method' }, rank: 1 }],
  ['capture.req.method', { meaning: { of: 'method' }, rank: 1 }],
  ['capture.req.uri', { meaning: { of: 'target' }, rank: 3 }],
  ['url', { meaning: { of: 'target' }, rank: 3 }],
  ['pathq', { meaning: { of: 'target' }, rank: 2 }],
  ['path', { meaning: { of: 'path' }, rank: 1 }],
  ['query', { meaning: { of: 'query' }, rank: 1 }],
  ['status', { meaning: { of: 'status' }, rank: 1 }],
  ['txn.status', { meaning: { of: 'status' }, rank: 1 }],
  ['src', { meaning: { of: 'client' }, rank: 1 }],
  ['src_port', { meaning: { of: 'port' }, rank: 1 }],
  ['unique-id', { meaning: { of: 'request-id' }, rank: 1 }],
  ['ssl_fc_sni', { meaning: { of: 'host' }, rank: 1 }],
])
const HEADER = /^(req|res|capture\.req|capture\.res)?\.?f?hdr\(([^,)]{1,128})/

/**
 * What a sample expression `%[…]` tells. Headers come out under their own names; anything else (`var(txn.consumer)`) as
 * request header named after the expression, `var-txn.consumer`, for the source to trust.
 */
export function haproxySample(expression: string, captures: Captures): Alias {
  const fetch = expression.slice(0, conversionAt(expression)).trim()
  const known = SAMPLES.get(fetch)
  if (known !== undefined) return known
  const header = HEADER.exec(fetch)
  if (header !== null) {
    const [, scope = 'req', argument = ''] = header
    const isResponse = scope === 'res' || scope === 'capture.res'
    if (!scope.startsWith('capture.'))
      return { meaning: isResponse ? responseHeader(argument) : requestHeader(argument), rank: 2 }
    const names = isResponse ? captures.response : captures.request
    return { meaning: capturedHeader(isResponse ? 'res' : 'req', Number(argument), names), rank: 2 }
  }
  return { meaning: ownHeader(fetch), rank: 1 }
}

// Converters follow behind a comma outside of brackets.
function conversionAt(expression: string): number {
  let depth = 0
  for (let i = 0; i < expression.length; i++) {
    const character = expression[i]
    if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth <= 0) return i
  }
  return expression.length
}
