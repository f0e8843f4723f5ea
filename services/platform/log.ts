import { type Logger, pino } from 'pino'
import { traceFields } from './trace.ts'

export type Log = Logger

let copy: ((line: string) => void) | undefined

/** Told by telemetry where each line goes besides stderr; undefined: nowhere. */
export function copyLogTo(take: ((line: string) => void) | undefined): void {
  copy = take
}

/**
 * JSON lines on stderr, with trace_id and span_id inside a span; stdout belongs to results. Never hand it a header,
 * a body, a token or a log line.
 */
export function createLog(level: string, name: string): Log {
  const stderr = pino.destination({ fd: 2, sync: true })
  return pino(
    { name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime, mixin: traceFields },
    {
      write(line) {
        stderr.write(line)
        copy?.(line)
      },
    },
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
