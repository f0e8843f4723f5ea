import type { IncomingMessage } from 'node:http'
import type { ByteBudget } from '../collect/budget.ts'

export type ReadBody =
  | { readonly kind: 'ok'; readonly bytes: Buffer; readonly held: number }
  /** Over the cap, as announced or as counted. */
  | { readonly kind: 'too-large' }
  /** Other uploads hold all the memory there is. */
  | { readonly kind: 'busy' }
  /** The sender went away: nobody waits for an answer. */
  | { readonly kind: 'gone' }

/**
 * Reads a request's encoded body into memory, at most `cap` bytes, charged to the budget as it arrives.
 * The caller gives `held` back; in the other cases nothing is held.
 */
export async function readBody(stream: IncomingMessage, cap: number, budget: ByteBudget): Promise<ReadBody> {
  const announced = Number(stream.headers['content-length'] ?? 0)
  if (announced > cap) return { kind: 'too-large' }
  const chunks: Buffer[] = []
  let held = 0
  const refuse = (kind: 'too-large' | 'busy' | 'gone'): ReadBody => {
    budget.give(held)
    stream.resume()
    return { kind }
  }
  try {
    // Not destroyed on refusal: the sender still has to hear why.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (held + chunk.length > cap) return refuse('too-large')
      if (!budget.take(chunk.length)) return refuse('busy')
      held += chunk.length
      chunks.push(chunk)
    }
  } catch {
    return refuse('gone')
  }
  if (!stream.complete) return refuse('gone')
  const [only] = chunks
  return { kind: 'ok', bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks), held }
}
