import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { type Change, change } from './change.ts'
import { refuseAddress } from './hand-over.ts'
import { releaseLedger } from './held.ts'
import type { Ledger } from './ledger.ts'
import { number, text } from './row.ts'

/** What people (by `serve` or the CLI) say to the ledger. Appended by anybody, carried out by `notify` alone. */
const commandSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('approve'),
    root: Type.String(),
    revision: Type.Integer(),
    digest: Type.String(),
    contacts: Type.Array(Type.String()),
  }),
  Type.Object({ kind: Type.Literal('waive'), root: Type.String(), customer: Type.String(), until: Type.String() }),
  Type.Object({ kind: Type.Literal('acknowledge'), notice: Type.String(), by: Type.String() }),
  Type.Object({ kind: Type.Literal('bounce'), address: Type.String(), reason: Type.String() }),
  Type.Object({ kind: Type.Literal('reachable'), address: Type.String() }),
  Type.Object({ kind: Type.Literal('settle'), letter: Type.String(), sent: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('release') }),
])
export type LedgerCommand = Static<typeof commandSchema>

/** Appends one command; `notify` carries it out in its next round. `at` is milliseconds UTC. */
export function appendCommand(ledger: Ledger, command: LedgerCommand, at: number): void {
  change(ledger, at, moves => {
    const { kind, ...body } = command
    ledger.run('INSERT INTO commands (at, kind, body) VALUES (?, ?, ?)', at, kind, JSON.stringify(body))
    moves.tell('command', kind, JSON.stringify(body))
  })
}

/** Carries out what was said since the last round, in order; gives how many. */
export function applyCommands(ledger: Ledger, at: number): number {
  const done = Number(ledger.meta('commands') ?? 0)
  const rows = ledger.all('SELECT id, kind, body FROM commands WHERE id > ? ORDER BY id', done)
  for (const row of rows) {
    const id = number(row, 'id')
    const command = Value.Parse(commandSchema, { kind: text(row, 'kind'), ...JSON.parse(text(row, 'body')) })
    change(ledger, at, moves => {
      carryOut(moves, command, id)
      ledger.setMeta('commands', String(id))
    })
  }
  return rows.length
}

function carryOut(moves: Change, command: LedgerCommand, id: number): void {
  const { ledger, at } = moves
  switch (command.kind) {
    case 'approve':
      approve(moves, command, id)
      return
    case 'waive':
      ledger.run(
        'INSERT INTO waivers (root, customer, until) VALUES (?, ?, ?) ON CONFLICT (root, customer) DO UPDATE SET until = excluded.until',
        command.root,
        command.customer,
        command.until,
      )
      return
    case 'bounce':
      refuseAddress(ledger, command.address, command.reason, at)
      return
    case 'reachable':
      ledger.run('DELETE FROM addresses WHERE address = ?', command.address.toLowerCase())
      return
    case 'settle':
      settle(moves, command.letter, command.sent)
      return
    case 'release':
      releaseLedger(ledger, at)
      return
    case 'acknowledge':
      return
  }
}

function approve(moves: Change, command: LedgerCommand & { kind: 'approve' }, id: number): void {
  const { ledger } = moves
  const { root, revision } = command
  for (const contact of command.contacts) {
    ledger.run(
      'INSERT INTO approvals (root, revision, contact, command) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      root,
      revision,
      contact,
      id,
    )
    const waiting = ledger.all(
      `SELECT id FROM notices WHERE root = ? AND revision = ? AND contact = ? AND state = 'planned'`,
      root,
      revision,
      contact,
    )
    for (const row of waiting) moves.notice(text(row, 'id'), 'approved', `by list ${command.digest}`)
  }
}

/** A person looked into the relay's log and says what became of a letter nobody knew of. */
function settle(moves: Change, letter: string, sent: boolean): void {
  const row = moves.ledger.get('SELECT state FROM letters WHERE id = ?', letter)
  if (row === undefined || text(row, 'state') !== 'unknown') return
  if (sent) moves.letter(letter, 'accepted', 'settled by a person')
  else moves.letter(letter, 'retry', 'settled by a person: it was not sent', { nextTry: 0 })
}
