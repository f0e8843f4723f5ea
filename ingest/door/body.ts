import type { IncomingMessage } from 'node:http'
import type { ByteBudget } from '../collect/budget.ts'
import { announcedBytes } from './enter.ts'

export type ReadBody =
  | { readonly kind: 'ok'; readonly bytes: Buffer; readonly held: number }
  /** Over the cap, as announced or as counted. */
  | { readonly kind: 'too-large' }
  /** Other uploads hold all the memory there is. */
  | { readonly kind: 'busy' }
  /** The sender went away, or fell silent and was cut off: nobody waits for an answer. */
  | { readonly kind: 'gone' }

/**
 * Reads a request's encoded body into memory, at most `cap` bytes, charged to the budget as it arrives. One of which no
 * byte came for `idleMs` is cut off: no sender is told 408, which an OTLP client or Logstash would drop on; a lost
 * connection they all repeat. The caller gives `held` back; in the other cases nothing is held.
 */
export function readBody(stream: IncomingMessage, cap: number, budget: ByteBudget, idleMs = 30_000): Promise<ReadBody> {
  if ((announcedBytes(stream.headers) ?? 0) > cap) return Promise.resolve({ kind: 'too-large' })
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let held = 0
    let silent: NodeJS.Timeout | undefined
    const done = (result: ReadBody): void => {
      clearTimeout(silent)
      stream.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone)
      if (result.kind !== 'ok') {
        budget.give(held)
        // Never left paused, nor without ears: the sender still has to hear why.
        stream.on('error', () => {})
        stream.resume()
      }
      resolve(result)
    }
    const onData = (chunk: Buffer): void => {
      silent?.refresh()
      if (held + chunk.length > cap) done({ kind: 'too-large' })
      else if (budget.take(chunk.length)) {
        held += chunk.length
        chunks.push(chunk)
      } else done({ kind: 'busy' })
    }
    const onGone = (): void => done({ kind: 'gone' })
    const onEnd = (): void => {
      const [only] = chunks
      if (!stream.complete) onGone()
      else done({ kind: 'ok', bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks), held })
    }
    stream.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone)
    // Most bodies are here whole with their head, and end before any timer is worth its price.
    if (!stream.complete)
      silent = setTimeout(() => {
        stream.destroy()
        onGone()
      }, idleMs)
  })
}
