import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { diagnose } from '../../doctor/diagnose.ts'
import type { Diagnosis } from '../../doctor/examined.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'
import { plainText } from '../plain-text.ts'
import { type Service, withService } from '../service.ts'

const whole = Type.Integer()
const answer = Type.Object({
  tallies: Type.Array(Type.Object({ outcome: Type.String(), reason: Type.String(), lines: whole })),
  facts: Type.Object({
    ...{ calls: whole, letIn: whole, nobody: whole, inferred: whole, well: whole, networks: whole, weight: whole },
    ...{ alike: whole, lagMedian: whole, lagP95: whole, ahead: whole },
    templates: Type.Array(Type.Object({ operation: Type.String(), calls: whole })),
    hops: Type.Array(Type.Object({ source: Type.String(), calls: whole })),
  }),
  declared: Type.Object({
    id: Type.String(),
    format: Type.String(),
    zone: Type.String(),
    key: Type.Union([Type.Object({ header: Type.String() }), Type.Object({ query: Type.String() }), Type.Null()]),
    trustedHeaders: Type.Array(Type.String()),
    door: Type.String(),
  }),
})
type Answer = Static<typeof answer>

/** What was received is stored about a second later. */
const STORED_MS = 3_000

export const doctor: Command = {
  name: 'doctor',
  summary: 'watches a source for a minute and says what is wrong with it',
  usage: `lastcall doctor SOURCE [--for SECONDS] [--json] [--config lastcall.yaml] [--data .lastcall] [--url http://127.0.0.1:8080] [--token-file F]

Looks at what the source sends from now on, for 60 seconds: lines that cannot be read, calls that name nobody, clocks and
zones, unknown templates, logs without errors, headers believed as they come, requests that two sources log. Each finding
says what to change. Exit 0: nothing found; 1: findings.

  --for SECONDS   how long, 1 to 3600; 0 looks at the last hour instead and does not wait

Example
  lastcall doctor edge-kong --for 30`,
  options: { for: { type: 'string' }, 'token-file': { type: 'string' } },
  async run(context) {
    const [id, ...more] = context.positionals
    if (id === undefined || more.length > 0)
      throw new LcError('LC_CLI_FLAGS', 'Name one source.', 'lastcall doctor edge-kong; /api/v1/sources lists them.', 2)
    const seconds = secondsFlag(context)
    const findings = await withService(context, async service => diagnose(await watched(context, service, id, seconds)))
    if (context.values.json === true) context.stdout(`${JSON.stringify({ source: id, findings })}\n`)
    else context.stdout(inWords(id, findings))
    return findings.length === 0 ? 0 : 1
  },
}

async function watched(context: CommandContext, service: Service, id: string, seconds: number) {
  const { clock, signal, stderr } = context
  const since = seconds === 0 ? clock.now() - 3_600_000 : clock.now()
  const before = seconds === 0 ? [] : (await ask(service, id, since)).tallies
  if (seconds > 0) {
    stderr(`doctor: watching ${plainText(id)} for ${seconds} s …\n`)
    await clock.sleep(seconds * 1000 + STORED_MS, signal)
  }
  const { tallies, facts, declared } = await ask(service, id, since)
  const already = new Map(sums(before))
  const lines = sums(tallies).map(([name, count]) => {
    const [outcome = '', reason = ''] = name.split(' ')
    return { outcome, reason, lines: count - (already.get(name) ?? 0) }
  })
  return { source: declared, facts, tallies: lines, seconds: seconds === 0 ? 3_600 : seconds }
}

/** Over hours. */
function sums(tallies: Answer['tallies']): [string, number][] {
  const total = new Map<string, number>()
  for (const { outcome, reason, lines } of tallies)
    total.set(`${outcome} ${reason}`, (total.get(`${outcome} ${reason}`) ?? 0) + lines)
  return [...total]
}

async function ask(service: Service, id: string, since: number): Promise<Answer> {
  const found: unknown = await service.get(`/api/v1/sources/${encodeURIComponent(id)}?since=${since}`)
  if (Value.Check(answer, found)) return found
  throw new LcError(
    'LC_SERVICE_ANSWER',
    'The service answered in another form than this version knows.',
    'Use the same version of Last Call on both sides.',
    2,
  )
}

function inWords(id: string, findings: readonly Diagnosis[]): string {
  if (findings.length === 0) return `${plainText(id)} is well.\n`
  return findings
    .map(({ rule, level, message, todo }) => `${level} ${rule}: ${plainText(message)}\n  ${todo}\n`)
    .join('')
}

function secondsFlag(context: CommandContext): number {
  const text = textFlag(context, 'for', '60').replace(/s$/, '')
  const seconds = Number(text)
  if (/^\d{1,4}$/.test(text) && seconds <= 3_600) return seconds
  throw new LcError('LC_CLI_FLAGS', `--for "${text.slice(0, 20)}" is no time.`, 'Give seconds, 0 to 3600.', 2)
}
