import type { Clock } from '../domain/clock.ts'

/** Who looks at /metrics goes away after ten seconds, with all that it asked for. */
const PATIENCE_MS = 2_000

/**
 * A question to something that may be away, for whoever looks: undefined when no answer comes in time. It is asked by one
 * at a time, so that a broker or a server that hangs does not gather questions.
 */
export function inTime<T>(ask: () => Promise<T>, clock: Clock): () => Promise<T | undefined> {
  let asking: Promise<T | undefined> | undefined
  return async () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined
      })
    const answered = new AbortController()
    const late = clock.sleep(PATIENCE_MS, answered.signal).then(
      () => undefined,
      () => undefined,
    )
    const answer = await Promise.race([asking, late])
    answered.abort()
    return answer
  }
}
