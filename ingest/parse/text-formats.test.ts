import fc from 'fast-check'
import t from 'tap'
import { DROP_REASONS, type Outcome, UNPARSED_REASONS } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import type { TextFormat } from './format.ts'
import { FORMATS } from './formats.ts'
import { LAYOUT_COMPILERS } from './layout/compile.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 1_795_317_804_598 }
const texts = FORMATS.filter((format): format is TextFormat => format.kind === 'text')
const layouts = [
  [
    'nginx-log-format',
    '$remote_addr - $remote_user [$time_local] "$request" $status $upstream_addr "$http_user_agent"',
  ],
  ['nginx-log-format', `log_format j escape=json '{"t":"$msec","r":"$request","s":"$status","a":"$http_user_agent"}';`],
  ['apache-log-format', '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"'],
  ['apache-log-format', '%{%Y-%m-%dT%T}t.%{msec_frac}t%{%z}t %m %U%q %>s'],
  ['haproxy-log-format', 'option httplog\ncapture request header User-Agent len 64'],
] as const
const compiled = layouts.flatMap(([name, layout]) => LAYOUT_COMPILERS.get(name)?.(layout) ?? [])
const lines = [...TEXT_SPECIMENS.values()].flat()

function sound(outcome: Outcome<RawCall>): boolean {
  if (outcome.kind === 'drop') return DROP_REASONS.includes(outcome.reason)
  if (outcome.kind === 'unparsed') return UNPARSED_REASONS.includes(outcome.reason)
  const { method, target, time, status, durationMs, identities } = outcome.value
  return (
    /^[A-Za-z][\w-]{0,31}$/.test(method) &&
    /^(?:\/|\*$|[a-z]{1,10}:\/\/)/i.test(target) &&
    Number.isFinite(time) &&
    (status === 0 || (status >= 100 && status <= 999)) &&
    Number.isFinite(durationMs) &&
    durationMs >= 0 &&
    identities.every(({ value }) => value.trim() !== '')
  )
}

const anyCut = fc.record({ line: fc.constantFrom(...lines), from: fc.nat(80), to: fc.nat(900) })
const noise = fc.oneof(
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.constantFrom(
    '"',
    '\\',
    '" "',
    ' ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    '|',
    '-',
    ' - ',
    '\\x',
    '#',
    '%',
    ';',
    '";"',
    '\u0000',
    '\ud800',
    ' HTTP/',
  ),
)
const mutated = fc
  .record({
    line: fc.constantFrom(...lines),
    cuts: fc.array(fc.record({ at: fc.nat(900), drop: fc.nat(12), put: noise }), { maxLength: 4 }),
  })
  .map(({ line, cuts }) => {
    let text = line
    for (const { at, drop, put } of cuts)
      text = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + drop)
    return text
  })

t.test('whatever stands in a line, a format answers with a sound call or a reason', async t => {
  const reads = (line: string) =>
    [...texts, ...compiled].every(format => format.recognises(line) !== undefined && sound(format.parse(line, context)))
  fc.assert(
    fc.property(anyCut, ({ line, from, to }) => reads(line.slice(from % 7 === 0 ? from : 0, to))),
    { numRuns: 600 },
  )
  fc.assert(fc.property(mutated, reads), { numRuns: 2_000 })
  fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), reads), { numRuns: 300 })
  t.pass('no exception, no unsound call')
})

t.test('no two formats know the same line, whole or mutated', async t => {
  for (const [name, own] of TEXT_SPECIMENS)
    for (const line of own)
      t.same(
        texts.filter(format => format.recognises(line)).map(format => format.name),
        [name],
        line.slice(0, 60),
      )
  fc.assert(
    fc.property(mutated, line => texts.filter(format => format.recognises(line)).length <= 1),
    { numRuns: 4_000 },
  )
})

// Behind its bytes, its User-Agent or a word, a longer line cannot be told from the shorter layout.
const BEGINNINGS: ReadonlySet<string> = new Set(['common', 'combined', 'combined-more'])

t.test('a line cut anywhere keeps its format or has none', async t => {
  for (const [name, own] of TEXT_SPECIMENS)
    for (const line of own)
      for (let to = 0; to < line.length; to += 3) {
        const names = texts.filter(format => format.recognises(line.slice(0, to))).map(format => format.name)
        const alike = names.filter(other => other !== name && !BEGINNINGS.has(other))
        if (alike.length > 0) t.fail(`${name} cut at ${to} is read as ${alike.join()}`)
      }
  t.pass('cuts confuse no two formats')
})

t.test('a salvaged line says what the whole line says, or less', async t => {
  for (const [name, own] of TEXT_SPECIMENS) {
    const format = texts.find(one => one.name === name)
    for (const line of own) {
      const whole = format?.parse(line, context)
      if (format === undefined || whole?.kind !== 'ok') continue
      const path = whole.value.target.split('?')[0] ?? ''
      for (let to = 0; to < line.length; to++) {
        const cut = format.parse(line.slice(0, to), context)
        if (cut.kind !== 'ok') continue
        const { value } = cut
        const kept =
          value.method === whole.value.method &&
          value.status === whole.value.status &&
          value.target.split('?')[0] === path &&
          (value.apiKey === '' || value.apiKey === whole.value.apiKey) &&
          (value.host === '' || value.host === whole.value.host) &&
          value.identities.every(one => whole.value.identities.some(other => other.value === one.value))
        if (!kept) t.fail(`${name} cut at ${to}: ${JSON.stringify(value)}`)
      }
    }
  }
  t.pass('no half path, key, host or name')
})

t.test('a line of a megabyte is read in one pass', async t => {
  const pieces = ['" ', '\\"', '"', ' [', '": ', '";"', ' HTTP/', '/', '{|} ', '- - ', '" "']
  for (const format of [...texts, ...compiled])
    for (const piece of pieces)
      for (const start of [...lines.filter(line => format.recognises(line)).slice(0, 1), '']) {
        const line = `${start.slice(0, 60)}${piece.repeat(60_000)}`
        const before = performance.now()
        format.recognises(line)
        format.parse(line, context)
        const took = performance.now() - before
        // A second is a thousand times what one pass takes: this catches a square, not a slow machine.
        if (took > 1_000) t.fail(`${format.name} took ${took} ms for ${JSON.stringify(piece)}`)
      }
  t.pass('no line takes the square of its length')
})
