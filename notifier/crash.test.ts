import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import t from 'tap'
import { smtp } from './deliver/send.ts'
import { approvalList, approve } from './ledger/approval.ts'
import { Ledger } from './ledger/ledger.ts'
import { openLedger } from './ledger/open.ts'
import { verifyLedger } from './ledger/verify.ts'
import { NOW, town } from './notifier.fixture.ts'
import type { Step } from './notifier.ts'

const CHILD = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url))
const MINUTE = 60_000

/** Counts whole mails by Message-ID, as a mailbox would see them. */
async function mailbox() {
  const seen = new Map<string, number>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        simpleParser(Buffer.concat(chunks)).then(({ messageId = '' }) => {
          seen.set(messageId, (seen.get(messageId) ?? 0) + 1)
          done(null, 'queued as 4711')
        }, done)
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    seen,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

/** One round in a process of its own that kills itself at that step; gives the signal it ended by. */
async function killed(folder: string, port: number, step: Step, nth: number, now: number): Promise<string | null> {
  const words = [CHILD, folder, String(port), step, String(nth), String(now)]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  return await new Promise(resolve => child.on('close', (_code, signal) => resolve(signal)))
}

/** Starts again, and lets it do one round. `port` 0 is the outbox. */
async function again(folder: string, port: number, now: number): Promise<void> {
  const here = town(folder)
  here.clock.set(now)
  const notifier = here.start(
    port === 0
      ? {}
      : { carrier: smtp({ host: '127.0.0.1', port, tls: 'none', sender: 'api-changes@provider.example' }) },
  )
  await notifier.round()
  await notifier.close()
}

/** A folder where the first run has planned and a person has approved what it showed. */
async function approved(folder: string): Promise<void> {
  const here = town(folder)
  const notifier = here.start({
    carrier: {
      way: 'smtp',
      ready: async () => undefined,
      hand: async () => {
        throw new Error('nothing goes yet')
      },
      close: async () => undefined,
    },
  })
  await notifier.round()
  await notifier.close()
  const ledger = Ledger.open(here.ledgerFile)
  approve(ledger, 'content-generate', approvalList(ledger, 'content-generate').digest, 100, NOW)
  ledger.close()
}

const KILLS: readonly (readonly [Step, number])[] = [
  ['planned', 1],
  ['written', 1],
  ['written', 2],
  ['in-flight', 1],
  ['in-flight', 3],
  ['handed', 1],
  ['handed', 2],
  ['recorded', 1],
  ['recorded', 3],
]

t.test('killed right after any change of state and started again, notify sends nothing twice', async t => {
  for (const [step, nth] of KILLS) {
    t.test(`killed after "${step}" ${nth}`, async t => {
      const folder = t.testdir()
      await approved(folder)
      const box = await mailbox()
      t.equal(await killed(folder, box.port, step, nth, NOW + MINUTE), 'SIGKILL')
      await again(folder, box.port, NOW + 2 * MINUTE)
      await again(folder, box.port, NOW + 3 * MINUTE)
      await box.close()
      const reader = openLedger(town(folder).ledgerFile)
      const states = reader.notices(10).map(({ state }) => state)
      reader.close()
      const lost = step === 'in-flight' || step === 'handed' ? 1 : 0
      t.equal(states.filter(state => state === 'unknown').length, lost, 'what was in flight is held as unknown')
      t.equal(states.filter(state => state === 'accepted').length, 3 - lost)
      t.ok(
        [...box.seen.values()].every(count => count === 1),
        'no mail came twice',
      )
      t.equal(box.seen.size, step === 'in-flight' ? 2 : 3, 'and none is missing but the one that is held')
      const ledger = Ledger.open(town(folder).ledgerFile)
      t.same(verifyLedger(ledger).faults, [])
      ledger.close()
    })
  }
})

t.test('in the outbox one can look: killed anywhere, every letter is there once and nothing is unknown', async t => {
  for (const [step, nth] of KILLS) {
    if (step === 'planned' || step === 'in-flight' || nth > 2) continue
    const folder = join(t.testdir({ [step]: {} }), step)
    await again(folder, 0, NOW)
    t.equal(await killed(folder, 0, step, nth, NOW + MINUTE), 'SIGKILL', `${step} ${nth}`)
    await again(folder, 0, NOW + 2 * MINUTE)
    t.equal(readdirSync(`${folder}/outbox`).filter(name => name.endsWith('.eml')).length, 3)
    const reader = openLedger(town(folder).ledgerFile)
    t.same(
      reader.notices(10).map(({ state }) => state),
      ['accepted', 'accepted', 'accepted'],
    )
    reader.close()
  }
})
