import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Clock } from '../services/domain/clock.ts'
import type { Notice } from '../services/domain/notice.ts'
import type { UsageReader } from '../services/domain/usage.ts'
import type { Carrier } from './deliver/carrier.ts'
import { change } from './ledger/change.ts'
import { applyCommands } from './ledger/commands.ts'
import { leaveRehearsal, markInFlight, recordOutcome, settleLeftovers } from './ledger/hand-over.ts'
import { heldReason } from './ledger/held.ts'
import { Ledger } from './ledger/ledger.ts'
import { writable, writeLetter } from './ledger/letters.ts'
import { lockNotify, type NotifyLock } from './ledger/lock.ts'
import { recordPlan } from './ledger/record.ts'
import { number } from './ledger/row.ts'
import { ledgerView } from './ledger/view.ts'
import { type Plan, planNotices } from './plan/plan.ts'
import { readWorld } from './read.ts'
import { lettersOf, type Sender, write } from './write.ts'

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

/**
 * Plans, writes and delivers. One at a time on one ledger, by the lock it holds from `start` to `close`.
 * A round after a crash is a round like any other: what is planned, approved or queued goes on from where it stands.
 */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #ledger: Ledger
  readonly #lock: NotifyLock
  #lastSent = Number.NEGATIVE_INFINITY

  private constructor(options: NotifierOptions, ledger: Ledger, lock: NotifyLock) {
    this.#options = options
    this.#ledger = ledger
    this.#lock = lock
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
    const { carrier, clock } = this.#options
    settleLeftovers(this.#ledger, clock.now(), letter => carrier.has(letter))
    const count = { planned: 0, accepted: 0, retry: 0, failed: 0, unknown: 0, suppressed: 0, superseded: 0, overCap: 0 }
    let plan = await this.#plan(count)
    let stopped = this.#mayNotSend()
    let readAt = clock.now()
    let queue = stopped === '' ? this.#ready(plan) : []
    const reached = new Set<string>()
    const tried = new Set<string>()
    for (let next = 0; stopped === '' && next < queue.length; next += 1) {
      if (clock.now() - readAt > EVIDENCE_AGE_MS) {
        plan = await this.#plan(count)
        readAt = clock.now()
        stopped = this.#mayNotSend()
        queue = this.#ready(plan).filter(letter => !tried.has(keyOf(letter)))
        next = -1
        continue
      }
      const letter = queue[next] ?? []
      tried.add(keyOf(letter))
      if (this.#isOverCap(letter, reached)) count.overCap += 1
      else stopped = await this.#deliver(letter, count)
    }
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

  #isOverCap(letter: readonly Notice[], reached: Set<string>): boolean {
    if (this.#options.carrier.way !== 'smtp') return false
    const address = letter[0]?.address.toLowerCase() ?? ''
    if (!reached.has(address) && reached.size >= this.#options.recipientCap) return true
    reached.add(address)
    return false
  }

  /** Gives why no other letter should follow, '' to go on. */
  async #deliver(
    notices: readonly Notice[],
    count: { accepted: number; retry: number; failed: number; unknown: number },
  ): Promise<string> {
    const { catalogue, carrier, clock, sender } = this.#options
    const ledger = this.#ledger
    let letter: Awaited<ReturnType<typeof write>>
    try {
      letter = await write(ledger, notices, catalogue(), sender, carrier.way, clock.now())
    } catch (error) {
      this.#tell(
        'trouble',
        `${notices[0]?.customer ?? ''}: the letter could not be written: ${error instanceof Error ? error.message : String(error)}`,
      )
      return ''
    }
    writeLetter(ledger, letter, notices, carrier.way, clock.now())
    this.#tell('written', letter.id)
    await this.#pace()
    if (this.#options.signal.aborted) return 'asked to stop'
    await carrier.ready()
    markInFlight(ledger, letter.id, clock.now())
    this.#tell('in-flight', letter.id)
    const { outcome, stop } = await carrier.hand({ id: letter.id, address: letter.address, source: letter.source })
    this.#tell('handed', letter.id)
    recordOutcome(ledger, letter.id, outcome, clock.now())
    this.#tell('recorded', letter.id)
    count[COUNTED[outcome.kind]] += 1
    if (outcome.kind !== 'accepted') this.#tell('trouble', `${letter.address}: ${outcome.kind}: ${outcome.answer}`)
    return this.#options.signal.aborted ? 'asked to stop' : stop
  }

  async #pace(): Promise<void> {
    const { ratePerMinute, clock, signal } = this.#options
    if (ratePerMinute > 0) {
      const wait = this.#lastSent + 60_000 / ratePerMinute - clock.now()
      if (wait > 0) await clock.sleep(wait, signal).catch(() => undefined)
    }
    this.#lastSent = clock.now()
  }

  #tell(step: Step, what: string): void {
    this.#options.onStep?.(step, what)
  }
}

const COUNTED = { accepted: 'accepted', temporary: 'retry', permanent: 'failed', unknown: 'unknown' } as const

function keyOf(notices: readonly Notice[]): string {
  return notices.map(({ id }) => id).join(' ')
}
