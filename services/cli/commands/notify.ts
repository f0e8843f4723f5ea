import type { Round, Step } from '../../../notifier/notifier.ts'
import { startNotifier } from '../../../notifier/setup.ts'
import { readSecret } from '../../config/environment.ts'
import { watchConfig } from '../../config/watch.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'
import { openUsage } from '../open-usage.ts'
import { loadForRun } from '../run-config.ts'

export const notify: Command = {
  name: 'notify',
  summary: 'plans the letters that are due and lets them go: to the outbox, or by SMTP once approved',
  usage: `lastcall notify [--once] [--every SECONDS] [--rate N] [--config lastcall.yaml] [--data .lastcall] [--json]

One round: what is due (catalogue, policy, usage, what was sent before) is planned and recorded, then letters are
written and handed over. Without smtp: in the configuration they go to the outbox folder; with it, only to contacts on
a list somebody approved (lastcall approve), never to more than mail.recipient-cap in a round. The first run plans and
sends nothing. A letter whose fate the mail server left open is held, and shown by lastcall notices.
  --once           one round, for cron; otherwise a round every --every seconds (300), and a changed configuration
                   is taken over as it is saved
  --rate N         at most N letters a minute

Example
  lastcall notify --once`,
  options: { once: { type: 'boolean' }, every: { type: 'string' }, rate: { type: 'string' } },
  async run(context) {
    const file = textFlag(context, 'config', 'lastcall.yaml')
    const { catalogue: first, settings, loaded } = await loadForRun(context, file)
    let catalogue = first
    const usage = await openUsage(context, settings, () => catalogue)
    try {
      const notifier = startNotifier({
        settings,
        catalogue: () => catalogue,
        reader: usage.reader,
        data: textFlag(context, 'data', '.lastcall'),
        clock: context.clock,
        signal: context.signal,
        secret: variable => readSecret(context.environment, variable),
        ratePerMinute: wholeFlag(context, 'rate', 0),
        onStep: (step, what) => tell(context, step, what),
      })
      try {
        if (context.values.once === true) {
          const round = await notifier.round()
          context.stdout(context.values.json === true ? `${JSON.stringify(round)}\n` : roundText(round))
        } else {
          void watchConfig(file, {
            clock: context.clock,
            environment: context.environment,
            signal: context.signal,
            loaded,
            onGood: good => {
              catalogue = good.catalogue
            },
            onBad: findings =>
              context.stderr(
                `notify: the changed configuration has ${findings.length} faults; the last good one stays\n`,
              ),
          })
          context.stdout(`${JSON.stringify({ pid: process.pid })}\n`)
          await notifier.run(wholeFlag(context, 'every', 300) * 1000)
        }
        return 0
      } finally {
        await notifier.close()
      }
    } finally {
      await usage.close()
    }
  },
}

function tell(context: CommandContext, step: Step, what: string): void {
  if (step === 'trouble') context.stderr(`notify: ${what}\n`)
}

function roundText(round: Round): string {
  const { planned, accepted, retry, failed, unknown, held, waiting, overCap, untold, suppressed, superseded, stopped } =
    round
  const lines = [
    `planned ${planned} new notices; ${held} held; ${superseded + suppressed} no longer owed`,
    `letters: ${accepted} accepted, ${retry} to be tried again, ${failed} failed, ${unknown} unknown and held`,
  ]
  if (waiting > 0) lines.push(`${waiting} notices wait for approval: lastcall approve ID`)
  if (overCap > 0) lines.push(`${overCap} letters wait: mail.recipient-cap was reached`)
  if (untold > 0) lines.push(`${untold} consumers cannot be told: lastcall notices --untold`)
  if (stopped !== '') lines.push(`stopped: ${stopped}`)
  return `${lines.join('\n')}\n`
}

function wholeFlag(context: CommandContext, name: string, otherwise: number): number {
  const text = textFlag(context, name)
  if (text === undefined) return otherwise
  if (!/^\d{1,6}$/.test(text))
    throw new LcError(
      'LC_CLI_FLAGS',
      `--${name} "${text.slice(0, 20)}" is not a whole number.`,
      'See: lastcall notify --help',
      2,
    )
  return Number(text)
}
