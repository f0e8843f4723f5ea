import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Clock } from '../services/domain/clock.ts'
import type { Notice } from '../services/domain/notice.ts'
import type { UsageReader } from '../services/domain/usage.ts'
import type { Carrier } from './deliver/carrier.ts'
import { Delivery, type Fates } from './delivery.ts'
import { change } from './ledger/change.ts'
import { applyCommands } from './ledger/commands.ts'
import { leaveRehearsal, settleLeftovers } from './ledger/hand-over.ts'
import { heldReason } from './ledger/held.ts'
import { Ledger } from './ledger/ledger.ts'
import { letterId, writable } from './ledger/letters.ts'
import { lockNotify, type NotifyLock } from './ledger/lock.ts'
import { recordPlan } from './ledger/record.ts'
import { number } from './ledger/row.ts'
import { ledgerView } from './ledger/view.ts'
import { type Plan, planNotices } from './plan/plan.ts'
import { readWorld } from './read.ts'
import { lettersOf, type Sender } from './write.ts'

export interface NotifierOptions {
  /** The catalogue as it is now; asked anew in every round. */
  readonly catalogue: () => Catalogue
  readonly reader: UsageReader
  readonly ledgerFile: string
  readonly carrier: Carrier
  readonly sender: Sender
  /** By SMTP no round reaches more addresses than this. */
  readonly recipientCap: number
  /** Letters handed over in a minute at most; 0 without limit. */
  readonly ratePerMinute: number
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told of every step right after it is on the disk, and of what a person should know. */
  readonly onStep?: (step: Step, what: string) => void
}

export type Step = 'planned' | 'written' | 'in-flight' | 'handed' | 'recorded' | 'trouble'

/** What one round did. */
export interface Round {
  readonly planned: number
  readonly accepted: number
  readonly retry: number
  readonly failed: number
  readonly unknown: number
  readonly suppressed: number
  readonly superseded: number
  /** Due, but not to go now. */
  readonly held: number
  /** Notices that wait for approval. */
  readonly waiting: number
  /** Letters left for the next round by the recipient cap. */
  readonly overCap: number
  /** Concerned consumers that cannot be told. */
  readonly untold: number
  /** Why nothing, or no more, was sent; '' when all that was due went. */
  readonly stopped: string
}

/** Evidence is checked again before a letter goes when it is older than this. */
const EVIDENCE_AGE_MS = 5 * 60_000
const OLD_EVIDENCE = 'the evidence is old'
/** Letters written before the first of them is handed over. */
const AT_ONCE = 50

/**
 * Plans, writes and delivers. One at a time on one ledger, by the lock it holds from `start` to `close`.
 * A round after a crash is a round like any other: what is planned, approved or queued goes on from where it stands.
 */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #ledger: Ledger
  readonly #lock: NotifyLock
  readonly #delivery: Delivery

  private constructor(options: NotifierOptions, ledger: Ledger, lock: NotifyLock) {
    this.#options = options
    this.#ledger = ledger
    this.#lock = lock
    this.#delivery = new Delivery(options, ledger)
  }

  /** @throws LcError LC_NOTIFY_RUNNING when another notify works on the ledger, LC_LEDGER_OPEN when it cannot be used. */
  static start(options: NotifierOptions): Notifier {
    const ledger = Ledger.open(options.ledgerFile)
    try {
      const lock = lockNotify(options.ledgerFile)
      leaveRehearsal(ledger, options.carrier.way, options.clock.now())
      return new Notifier(options, ledger, lock)
    } catch (error) {
      ledger.close()
      throw error
    }
  }

  /** One round: read, plan, record, and deliver what may go. @throws LcError LC_SMTP_CONNECT, LC_OUTBOX_FOLDER. */
  async round(): Promise<Round> {
    const { clock } = this.#options
    settleLeftovers(this.#ledger, clock.now())
    const count = { planned: 0, accepted: 0, retry: 0, failed: 0, unknown: 0, suppressed: 0, superseded: 0, overCap: 0 }
    const tried = new Set<string>()
    const reached = new Set<string>()
    let plan: Plan
    let stopped: string
    do {
      plan = await this.#plan(count)
      stopped = this.#mayNotSend()
      const ready =
        stopped === ''
          ? this.#ready(plan).filter(letter => !tried.has(letterId(letter, this.#options.carrier.way)))
          : []
      const letters = ready.filter(letter => this.#isWithinCap(letter, reached))
      count.overCap = ready.length - letters.length
      stopped ||= await this.#deliver(letters, tried, count)
    } while (stopped === OLD_EVIDENCE)
    return { ...count, held: plan.held.length, waiting: this.#waiting(), untold: plan.untold.length, stopped }
  }

  /** Rounds until asked to stop, `everyMs` apart; a round that fails is told of, and the next one comes. */
  async run(everyMs: number): Promise<void> {
    const { clock, signal } = this.#options
    while (!signal.aborted) {
      try {
        await this.round()
      } catch (error) {
        this.#tell('trouble', error instanceof Error ? error.message : String(error))
      }
      await clock.sleep(everyMs, signal).catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    await this.#options.carrier.close()
    this.#lock.release()
    this.#ledger.close()
  }

  async #plan(count: { planned: number; suppressed: number; superseded: number }): Promise<Plan> {
    const { catalogue, reader, clock } = this.#options
    const now = clock.now()
    applyCommands(this.#ledger, now)
    const world = await readWorld(catalogue(), reader, now)
    const plan = planNotices(world, ledgerView(this.#ledger, new Date(now).toISOString().slice(0, 10)))
    const recorded = recordPlan(this.#ledger, plan, now)
    count.planned += recorded.planned
    count.suppressed += recorded.suppressed
    count.superseded += recorded.superseded
    this.#tell('planned', `${plan.due.length} due, ${plan.held.length} held`)
    return plan
  }

  /** The first round of a way plans and sends nothing: somebody looks first. A held ledger sends nothing at all. */
  #mayNotSend(): string {
    const held = heldReason(this.#ledger)
    if (held !== '') return held
    const name = `first ${this.#options.carrier.way}`
    if (this.#ledger.meta(name) !== undefined) return ''
    const now = this.#options.clock.now()
    change(this.#ledger, now, moves => {
      this.#ledger.setMeta(name, String(now))
      moves.tell('ledger', name, '')
    })
    return 'the first run plans and sends nothing'
  }

  /** Letters of what is due and may be written: approved where it goes by SMTP, and not waiting for another try. */
  #ready(plan: Plan): readonly (readonly Notice[])[] {
    const allowed = writable(this.#ledger, this.#options.carrier.way, this.#options.clock.now())
    return lettersOf(plan.due.filter(({ id }) => allowed.has(id)))
  }

  #waiting(): number {
    if (this.#options.carrier.way === 'outbox') return 0
    return number(this.#ledger.get(`SELECT count(*) AS n FROM notices WHERE state = 'planned'`) ?? {}, 'n')
  }

  #isWithinCap(letter: readonly Notice[], reached: Set<string>): boolean {
    if (this.#options.carrier.way !== 'smtp') return true
    const address = letter[0]?.address.toLowerCase() ?? ''
    if (!reached.has(address) && reached.size >= this.#options.recipientCap) return false
    reached.add(address)
    return true
  }

  /** Gives why it ended before the last letter, '' when it did not; `OLD_EVIDENCE` when all has to be read again first. */
  async #deliver(letters: readonly (readonly Notice[])[], tried: Set<string>, fates: Fates): Promise<string> {
    const { carrier, clock } = this.#options
    const readAt = clock.now()
    let first = true
    for (let from = 0; from < letters.length; from += AT_ONCE) {
      const some = letters.slice(from, from + AT_ONCE)
      if (!first && clock.now() - readAt > EVIDENCE_AGE_MS) return OLD_EVIDENCE
      const written = await this.#delivery.write(some)
      for (const letter of some) tried.add(letterId(letter, carrier.way))
      if (carrier.way === 'outbox') {
        const stopped = await this.#delivery.file(written, fates)
        if (stopped !== '') return stopped
        first = false
        continue
      }
      for (const [n, letter] of written.entries()) {
        await this.#delivery.pace()
        if (!first && clock.now() - readAt > EVIDENCE_AGE_MS) {
          for (const left of written.slice(n)) tried.delete(left.id)
          return OLD_EVIDENCE
        }
        const stopped = await this.#delivery.send(letter, fates)
        if (stopped !== '') return stopped
        first = false
      }
    }
    return ''
  }

  #tell(step: Step, what: string): void {
    this.#options.onStep?.(step, what)
  }
}
