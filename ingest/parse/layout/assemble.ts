import { ambiguousFault, type Field, incompleteFault, type Meaning, SKIP, syntaxFault, type Token } from './field.ts'

/** One field of a compiled layout and the literal text behind it. */
export interface Step {
  readonly meaning: Meaning
  /** Text between this field and the next one; '' for the last of a layout, which runs to the line's end. */
  readonly after: string
  /** The value stands in double quotes of the layout. */
  readonly inQuotes: boolean
  readonly list: boolean
  readonly quotable: boolean
  readonly withPort: boolean
}
export interface Layout {
  /** Text before the first field. */
  readonly start: string
  readonly steps: readonly Step[]
}

const MOST_FIELDS = 128

/**
 * Turns the tokens of a layout into steps for the reader: neighbours that belong together become one field, of fields
 * that tell the same the best stays, and what stands behind the last field we need is left off.
 * Throws LC_LAYOUT_AMBIGUOUS for two fields with nothing between them, LC_LAYOUT_INCOMPLETE when method and path or
 * the status are missing, LC_LAYOUT_SYNTAX for more than 128 fields.
 */
export function assemble(tokens: readonly Token[]): Layout {
  const whole = best(joined(tokens))
  const fields = whole.filter(token => 'meaning' in token)
  if (fields.length > MOST_FIELDS) throw syntaxFault(1, `more than ${MOST_FIELDS} fields`)
  checkComplete(fields)
  return stepsOf(whole)
}

/** Joins literals, and fields that are written side by side because they are one thing. */
function joined(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  for (const token of tokens) {
    const last = out.at(-1)
    if ('literal' in token) {
      if (token.literal === '') continue
      if (last !== undefined && 'literal' in last) out[out.length - 1] = { literal: last.literal + token.literal }
      else out.push(token)
      continue
    }
    if (last !== undefined && 'meaning' in last) {
      // A fraction has a fixed width and needs nothing behind it.
      if (last.meaning.of === 'fraction') out.push(token)
      else out[out.length - 1] = oneOf(last, token)
      continue
    }
    const address = out.at(-2)
    if (token.meaning.of === 'port' && last?.literal === ':' && address !== undefined && 'meaning' in address) {
      out.pop()
      out[out.length - 1] = { ...address, withPort: true }
    } else out.push(token)
  }
  return out
}

/** Two fields with nothing between them, as one; throws where that cannot be. */
function oneOf(first: Field, second: Field): Field {
  const pair = `${first.meaning.of} ${second.meaning.of}`
  const of = PAIRS.get(pair)
  if (of === undefined) throw ambiguousFault(second.at, first.written, second.written)
  const written = first.written + second.written
  return { meaning: { of }, rank: Math.max(first.rank, second.rank), written, at: first.at }
}
const PAIRS: ReadonlyMap<string, 'skip' | 'target' | 'path' | 'decoded' | 'decoded-target' | 'query' | 'host-target'> =
  new Map([
    ['skip skip', 'skip'],
    ['target query-mark', 'target'],
    ['target query', 'target'],
    ['path query-mark', 'target'],
    ['path query', 'target'],
    ['decoded query-mark', 'decoded-target'],
    ['decoded query', 'decoded-target'],
    ['decoded-target query', 'decoded-target'],
    ['query-mark query', 'query'],
    ['host target', 'host-target'],
    ['host path', 'host-target'],
    ['host-target query-mark', 'host-target'],
    ['host-target query', 'host-target'],
  ])

/** Leaves the best field of each thing and skips the others: a request line beside a method, the finer of two clocks. */
function best(tokens: readonly Token[]): Token[] {
  const highest = new Map<string, number>()
  for (const token of tokens) {
    if (!('meaning' in token)) continue
    const slot = slotOf(token.meaning)
    if (slot !== '') highest.set(slot, Math.max(highest.get(slot) ?? 0, token.rank))
  }
  const request = highest.has('request')
  const taken = new Set<string>()
  return tokens.map(token => {
    if (!('meaning' in token)) return token
    const slot = slotOf(token.meaning)
    const needless =
      slot === 'query' ? request || hasQuery(tokens) : slot === 'method' || slot === 'target' ? request : false
    const worse = slot !== '' && (token.rank < (highest.get(slot) ?? 0) || taken.has(slot))
    // Several parts may make one time; every other thing is told once.
    if (slot !== '' && !worse && !needless && !isTimePart(token.meaning)) taken.add(slot)
    return needless || worse || token.meaning.of === 'port' ? { ...token, meaning: SKIP } : token
  })
}

function slotOf(meaning: Meaning): string {
  switch (meaning.of) {
    case 'clf':
    case 'iso':
    case 'epoch':
    case 'strftime':
      return 'time'
    case 'target':
    case 'path':
    case 'decoded':
    case 'decoded-target':
    case 'host-target':
      return 'target'
    case 'request':
    case 'method':
    case 'query':
    case 'status':
    case 'host':
    case 'client':
    case 'agent':
    case 'request-id':
    case 'duration':
      return meaning.of
    default:
      return ''
  }
}

function isTimePart(meaning: Meaning): boolean {
  return meaning.of === 'epoch' || meaning.of === 'strftime'
}

function hasQuery(tokens: readonly Token[]): boolean {
  return tokens.some(token => 'meaning' in token && WITH_QUERY.has(token.meaning.of))
}
const WITH_QUERY: ReadonlySet<string> = new Set(['target', 'decoded-target', 'host-target'])

function checkComplete(fields: readonly Field[]): void {
  const slots = new Set(fields.map(field => slotOf(field.meaning)))
  if (!slots.has('request') && !(slots.has('method') && slots.has('target')))
    throw incompleteFault('it logs no method and path', 'Log the request line, or method and request URI.')
  if (!slots.has('status')) throw incompleteFault('it logs no status', 'Log the response status.')
}

function stepsOf(tokens: readonly Token[]): Layout {
  const steps: Step[] = []
  let start = ''
  let before = ''
  for (const [index, token] of tokens.entries()) {
    if ('literal' in token) {
      if (steps.length === 0) start = token.literal
      before = token.literal
      continue
    }
    const next = tokens[index + 1]
    const after = next !== undefined && 'literal' in next ? next.literal : ''
    steps.push({
      meaning: token.meaning,
      after,
      inQuotes: before.endsWith('"') && after.startsWith('"'),
      list: token.list === true,
      quotable: token.quotable === true,
      withPort: token.withPort === true,
    })
  }
  while (steps.at(-1)?.meaning.of === 'skip') steps.pop()
  return { start, steps }
}
