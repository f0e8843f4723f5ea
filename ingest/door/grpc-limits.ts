import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Clock } from '../../services/domain/clock.ts'

/** Connections at once; more are closed as they come. */
export const MOST_CONNECTIONS = 512
/** What HTTP/2 lets a connection send before it is read: with all of them silent readers, 512 MiB are the most. */
const WINDOW = 1_048_576
/** A silent connection is asked after this whether it still lives; unanswered for as long again, it is closed. */
const SILENCE_MS = 60_000
/** Time for one message to come whole, from its first byte (or the call's begin, where one is owed). */
const MESSAGE_MS = 30_000

export const limitsOfServer = {
  settings: { maxConcurrentStreams: 100, initialWindowSize: WINDOW / 4, maxHeaderListSize: 16_384, enablePush: false },
  maxSessionMemory: 16,
} as const

/** Pings a connection that says nothing and destroys it when it does not answer: a peer that vanished says no goodbye. */
export function keepAlive(session: ServerHttp2Session): void {
  session.setLocalWindowSize(WINDOW)
  session.on('error', () => {})
  let asked = false
  session.setTimeout(SILENCE_MS)
  session.on('timeout', () => {
    if (asked) return session.destroy()
    asked = true
    session.ping(() => {
      asked = false
    })
    session.setTimeout(SILENCE_MS)
  })
}

/** Breaks a stream off that takes too long over one message. Call the result when the message is here. */
export function hurry(stream: ServerHttp2Stream, clock: Clock): () => void {
  const here = new AbortController()
  clock.sleep(MESSAGE_MS, here.signal).then(
    () => stream.destroy(),
    () => {},
  )
  return () => here.abort()
}
