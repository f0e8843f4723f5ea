import type { Notice } from '../services/domain/notice.ts'
import { change } from './ledger/change.ts'
import { markInFlight, type Outcome, recordOutcome } from './ledger/hand-over.ts'
import type { Ledger } from './ledger/ledger.ts'
import { type WrittenLetter, writeLetter } from './ledger/letters.ts'
import type { NotifierOptions, Step } from './notifier.ts'
import { write } from './write.ts'

/** How many letters of each fate. */
export interface Fates {
  accepted: number
  retry: number
  failed: number
  unknown: number
}

/** Writes letters and hands them over; every step is in the ledger before the next one. */
export class Delivery {
  readonly #options: NotifierOptions
  readonly #ledger: Ledger
  #lastSent = Number.NEGATIVE_INFINITY
  constructor(options: NotifierOptions, ledger: Ledger) {
    this.#options = options
    this.#ledger = ledger
  }

  /** Writes letters and puts them down as queued, all in one commit. One that cannot be written is told of and left out. */
  async write(letters: readonly (readonly Notice[])[]): Promise<readonly WrittenLetter[]> {
    const { catalogue, carrier, clock, sender } = this.#options
    const written: { readonly letter: WrittenLetter; readonly notices: readonly Notice[] }[] = []
    for (const notices of letters) {
      try {
        written.push({
          letter: await write(this.#ledger, notices, catalogue(), sender, carrier.way, clock.now()),
          notices,
        })
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        this.#tell('trouble', `${notices[0]?.customer ?? ''}: the letter could not be written: ${why}`)
      }
    }
    this.#ledger.transaction(() => {
      for (const { letter, notices } of written) writeLetter(this.#ledger, letter, notices, carrier.way, clock.now())
    })
    for (const { letter } of written) this.#tell('written', letter.id)
    return written.map(({ letter }) => letter)
  }

  /** Hands one letter to a mail server: in flight on the disk before, its fate after. Gives why no other should follow, '' to go on. */
  async send(letter: WrittenLetter, fates: Fates): Promise<string> {
    const { carrier, clock, signal } = this.#options
    if (signal.aborted) return 'asked to stop'
    await carrier.ready()
    markInFlight(this.#ledger, letter.id, clock.now())
    this.#tell('in-flight', letter.id)
    const { outcome, stop } = await carrier.hand(letter)
    this.#tell('handed', letter.id)
    recordOutcome(this.#ledger, letter.id, outcome, clock.now())
    this.#count(letter, outcome, fates)
    return signal.aborted ? 'asked to stop' : stop
  }

  /** Hands many to the outbox, where handing over again changes nothing: their fates are one commit at the end. */
  async file(letters: readonly WrittenLetter[], fates: Fates): Promise<string> {
    const { carrier, clock, signal } = this.#options
    const done: { readonly letter: WrittenLetter; readonly outcome: Outcome }[] = []
    let stopped = ''
    await carrier.ready()
    for (const letter of letters) {
      if (stopped !== '') break
      const { outcome, stop } = await carrier.hand(letter)
      this.#tell('handed', letter.id)
      done.push({ letter, outcome })
      stopped = signal.aborted ? 'asked to stop' : stop
    }
    change(this.#ledger, clock.now(), () => {
      for (const { letter, outcome } of done) {
        markInFlight(this.#ledger, letter.id, clock.now())
        recordOutcome(this.#ledger, letter.id, outcome, clock.now())
      }
    })
    for (const { letter, outcome } of done) this.#count(letter, outcome, fates)
    return stopped
  }

  #count(letter: WrittenLetter, outcome: Outcome, fates: Fates): void {
    this.#tell('recorded', letter.id)
    fates[FATES[outcome.kind]] += 1
    if (outcome.kind !== 'accepted') this.#tell('trouble', `${letter.address}: ${outcome.kind}: ${outcome.answer}`)
  }

  /** Waits until the rate allows the next letter. */
  async pace(): Promise<void> {
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

const FATES = { accepted: 'accepted', temporary: 'retry', permanent: 'failed', unknown: 'unknown' } as const
