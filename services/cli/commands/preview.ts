import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Letter } from '../../../notifier/compose/letter.ts'
import { Ledger } from '../../../notifier/ledger/ledger.ts'
import { LEDGER_FILE } from '../../../notifier/ledger/schema.ts'
import { ledgerView } from '../../../notifier/ledger/view.ts'
import { planNotices } from '../../../notifier/plan/plan.ts'
import { EMPTY_LEDGER } from '../../../notifier/plan/view.ts'
import { readWorld } from '../../../notifier/read.ts'
import { senderOf } from '../../../notifier/setup.ts'
import { lettersOf, wordsOf } from '../../../notifier/write.ts'
import { LcError } from '../../domain/errors.ts'
import type { Notice } from '../../domain/notice.ts'
import { type Command, textFlag } from '../command.ts'
import { openUsage } from '../open-usage.ts'
import { loadForRun } from '../run-config.ts'

const SHOWN = 1

export const preview: Command = {
  name: 'preview',
  summary: 'the letters that are due about a deprecation, without sending or recording anything',
  usage: `lastcall preview ID [--to ADDRESS] [--out DIR] [--config lastcall.yaml] [--data .lastcall] [--json]

Plans as \`notify\` would and writes the letters, held ones too, but records nothing. Shows who would get one and the
first letter as text; --to picks another, --out DIR writes each as .txt and .html.

Example
  lastcall preview content-generate --out /tmp/letters`,
  options: { to: { type: 'string' }, out: { type: 'string' } },
  async run(context) {
    const [id] = context.positionals
    const { catalogue, settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
    if (id === undefined || !catalogue.deprecations.has(id)) {
      throw new LcError(
        'LC_CLI_ID',
        `There is no deprecation "${(id ?? '').slice(0, 60)}".`,
        `The catalogue has: ${[...catalogue.deprecations.keys()].slice(0, 20).join(', ')}`,
        2,
      )
    }
    const now = context.clock.now()
    const usage = await openUsage(context, settings, () => catalogue)
    const ledger = Ledger.openExisting(join(textFlag(context, 'data', '.lastcall'), LEDGER_FILE))
    try {
      const world = await readWorld(catalogue, usage.reader, now)
      const plan = planNotices(
        world,
        ledger === undefined ? EMPTY_LEDGER : ledgerView(ledger, new Date(now).toISOString().slice(0, 10)),
      )
      const reasons = new Map(plan.held.map(({ notice, reason }) => [notice.id, reason]))
      const notices = [...plan.due, ...plan.held.map(({ notice }) => notice)].filter(
        ({ deprecation }) => deprecation === id,
      )
      const letters = lettersOf(notices).map(group => ({
        group,
        words: wordsOf(group, catalogue, senderOf(settings), now),
        held: reasons.get(group[0]?.id ?? '') ?? '',
      }))
      const out = textFlag(context, 'out')
      if (out !== undefined) for (const letter of letters) writeOut(out, letter.group, letter.words)
      if (context.values.json === true) {
        context.stdout(
          `${JSON.stringify({ deprecation: id, blocked: plan.blocked.get(id) ?? '', letters: letters.map(jsonOf) })}\n`,
        )
        return 0
      }
      const wanted = textFlag(context, 'to')?.toLowerCase()
      const lines = [
        `${id}: ${letters.length} letters are due${plan.blocked.has(id) ? `; held: ${plan.blocked.get(id) ?? ''}` : ''}`,
      ]
      for (const { group, words, held } of letters)
        lines.push(
          `  ${group[0]?.address ?? ''}  (${group[0]?.customer ?? ''})  ${words.subject}${held === '' ? '' : `  HELD: ${held}`}`,
        )
      const shown = letters
        .filter(({ group }) => wanted === undefined || group[0]?.address.toLowerCase() === wanted)
        .slice(0, SHOWN)
      for (const { group, words } of shown)
        lines.push('', `To: ${group[0]?.address ?? ''}`, `Subject: ${words.subject}`, '', words.text)
      context.stdout(`${lines.join('\n')}\n`)
      return 0
    } finally {
      ledger?.close()
      await usage.close()
    }
  },
}

interface Shown {
  readonly group: readonly Notice[]
  readonly words: Letter
  readonly held: string
}

function jsonOf({ group, words, held }: Shown) {
  return {
    customer: group[0]?.customer ?? '',
    address: group[0]?.address ?? '',
    notices: group.map(({ id, kind, stage }) => ({ id, kind, stage: stage ?? null })),
    held,
    subject: words.subject,
    text: words.text,
    html: words.html,
  }
}

function writeOut(folder: string, group: readonly Notice[], words: Letter): void {
  mkdirSync(folder, { recursive: true })
  const name = group[0]?.id ?? 'letter'
  writeFileSync(join(folder, `${name}.txt`), `Subject: ${words.subject}\n\n${words.text}`)
  writeFileSync(join(folder, `${name}.html`), words.html)
}
