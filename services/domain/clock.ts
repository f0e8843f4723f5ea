/** The one way to ask the time. Tests and the demo pass their own. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Waits `ms` of this clock's time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
