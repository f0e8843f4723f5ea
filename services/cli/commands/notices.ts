import { join } from 'node:path'
import { appendCommand } from '../../../notifier/ledger/commands.ts'
import { Ledger } from '../../../notifier/ledger/ledger.ts'
import { ledgerReader } from '../../../notifier/ledger/reader.ts'
import { LEDGER_FILE } from '../../../notifier/ledger/schema.ts'
import { LcError } from '../../domain/errors.ts'
import { type LedgerReader, NOTICE_STATES, type NoticeRecord } from '../../domain/notice.ts'
import { type Command, type CommandContext, textFlag } from '../command.ts'

export const notices: Command = {
  name: 'notices',
  summary: 'the ledger: what was planned, sent, held, and who could not be told',
  usage: `lastcall notices [ID] [--customer C] [--state S] [--limit 100] [--data .lastcall] [--json]
lastcall notices LETTER                      one letter as it left
lastcall notices [ID] --untold               who calls and cannot be told, and why
lastcall notices --settle LETTER --as sent|not-sent   a letter held as unknown, after a look into the relay's log
lastcall notices --reachable ADDRESS         an address that refused letters is mended
lastcall notices --release                   a restored or copied ledger may send: no other one does

States: ${NOTICE_STATES.join(', ')}.

Example
  lastcall notices content-generate --state unknown`,
  options: {
    customer: { type: 'string' },
    state: { type: 'string' },
    limit: { type: 'string' },
    untold: { type: 'boolean' },
    settle: { type: 'string' },
    as: { type: 'string' },
    reachable: { type: 'string' },
    release: { type: 'boolean' },
  },
  async run(context) {
    const ledger = Ledger.openExisting(join(textFlag(context, 'data', '.lastcall'), LEDGER_FILE))
    if (ledger === undefined)
      throw new LcError(
        'LC_LEDGER_NONE',
        'There is no ledger here yet.',
        'Run `lastcall notify --once`, or name the folder with --data.',
        2,
      )
    try {
      if (say(context, ledger)) return 0
      show(context, ledgerReader(ledger))
      return 0
    } finally {
      ledger.close()
    }
  },
}

/** What a person says to the ledger; `notify` carries it out in its next round. False when nothing was said. */
function say(context: CommandContext, ledger: Ledger): boolean {
  const now = context.clock.now()
  const letter = textFlag(context, 'settle')
  const address = textFlag(context, 'reachable')
  if (letter !== undefined) {
    const as = textFlag(context, 'as')
    if (as !== 'sent' && as !== 'not-sent')
      throw new LcError('LC_CLI_FLAGS', '--settle needs --as sent or --as not-sent.', 'See: lastcall notices --help', 2)
    if (ledgerReader(ledger).letter(letter)?.state !== 'unknown')
      throw new LcError(
        'LC_CLI_ID',
        `"${letter.slice(0, 40)}" is no letter held as unknown.`,
        'See: lastcall notices --state unknown',
        2,
      )
    appendCommand(ledger, { kind: 'settle', letter, sent: as === 'sent' }, now)
  } else if (address !== undefined) appendCommand(ledger, { kind: 'reachable', address }, now)
  else if (context.values.release === true) appendCommand(ledger, { kind: 'release' }, now)
  else return false
  context.stdout('Said; the next round of `lastcall notify` carries it out.\n')
  return true
}

function show(context: CommandContext, reader: LedgerReader): void {
  const [id] = context.positionals
  const json = context.values.json === true
  const letter = id === undefined ? undefined : reader.letter(id)
  if (letter !== undefined) {
    const { source, ...rest } = letter
    context.stdout(
      json
        ? `${JSON.stringify(rest)}\n`
        : `To: ${letter.address}\nSubject: ${letter.subject}\nMessage-ID: ${letter.messageId}\nState: ${letter.state} ${letter.reason}\n\n${letter.text}`,
    )
    return
  }
  if (context.values.untold === true) {
    const untold = reader.untold(id)
    context.stdout(
      json
        ? `${JSON.stringify(untold)}\n`
        : lines(
            untold.map(
              one =>
                `${one.deprecation}  ${one.consumer === '' ? '(keyless)' : one.consumer}  ${one.customer ?? '-'}  ${one.reason}`,
            ),
          ),
    )
    return
  }
  const found = select(context, reader, id)
  if (json) {
    context.stdout(`${JSON.stringify({ held: reader.held(), notices: found, holds: reader.holds(id) })}\n`)
    return
  }
  const held = reader.held()
  context.stdout(held === '' ? '' : `Nothing is sent: ${held}.\n`)
  context.stdout(lines(found.map(noticeLine)))
  context.stdout(lines(reader.holds(id).map(one => `${one.deprecation}  ${one.address}  HELD: ${one.reason}`)))
}

function select(context: CommandContext, reader: LedgerReader, id: string | undefined): readonly NoticeRecord[] {
  const limit = Number(textFlag(context, 'limit', '100'))
  if (!Number.isInteger(limit) || limit < 1)
    throw new LcError('LC_CLI_FLAGS', '--limit is not a whole number above 0.', 'See: lastcall notices --help', 2)
  const customer = textFlag(context, 'customer')
  const state = textFlag(context, 'state')
  if (state !== undefined && !NOTICE_STATES.some(one => one === state))
    throw new LcError(
      'LC_CLI_FLAGS',
      `There is no state "${state.slice(0, 20)}".`,
      `States: ${NOTICE_STATES.join(', ')}`,
      2,
    )
  const most = state === undefined && customer === undefined ? limit : 1_000_000
  const all =
    customer !== undefined
      ? reader.noticesTo(customer, most)
      : id !== undefined
        ? reader.noticesOf(id, most)
        : reader.notices(most)
  return all
    .filter(one => (id === undefined || one.deprecation === id) && (state === undefined || one.state === state))
    .slice(0, limit)
}

function noticeLine(one: NoticeRecord): string {
  const stage = one.stage === undefined ? '' : ` ${one.stage}`
  const when = new Date(one.updated).toISOString().slice(0, 16).replace('T', ' ')
  return `${when}Z  ${one.state.padEnd(10)}  ${one.deprecation}  ${one.kind}${stage}  ${one.address} (${one.customer})  ${one.letter ?? one.id}${one.reason === '' ? '' : `  ${one.reason}`}`
}

function lines(rows: readonly string[]): string {
  return rows.map(row => `${row}\n`).join('')
}
