import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'

/** The machine's clock: the only place that asks the time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
}

/** A clock that stands at `start` (milliseconds UTC) and runs `speed` times as fast as the machine's: for the demo. */
export function fastClock(start: number, speed: number): Clock {
  const began = Date.now()
  return {
    now: () => start + (Date.now() - began) * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  }
}
