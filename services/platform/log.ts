import { type Logger, pino } from 'pino'

export type Log = Logger

/** JSON lines on stderr; stdout belongs to results. Never hand it a header, a body, a token or a log line. */
export function createLog(level: string, name: string): Log {
  return pino(
    { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  )
}

/** A log that keeps quiet. */
export const silentLog: Log = pino({ level: 'silent' })

/** Says a thing at most once in `everyMs` of the given time, with how often it happened since: for what an attacker can repeat. */
export class RareLog {
  readonly #everyMs: number
  #last = Number.NEGATIVE_INFINITY
  #held = 0
  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }
  say(now: number, speak: (times: number) => void): void {
    this.#held += 1
    if (now - this.#last < this.#everyMs) return
    this.#last = now
    speak(this.#held)
    this.#held = 0
  }
}
