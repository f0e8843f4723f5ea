import type { ServerHttp2Stream } from 'node:http2'
import type { ByteBudget } from '../collect/budget.ts'

export type GrpcMessage =
  /** `held` bytes of the budget are the caller's to give back. */
  | { readonly kind: 'ok'; readonly bytes: Buffer; readonly compressed: boolean; readonly held: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'too-large' }
  /** Other uploads hold all the memory there is. */
  | { readonly kind: 'busy' }
  /** The sender went away, or what it sends is not gRPC. */
  | { readonly kind: 'gone' }

/** A byte that says whether the message is compressed, four of its length (gRPC over HTTP/2, "Length-Prefixed-Message"). */
const PREFIX = 5

/**
 * The messages of one stream as they came over the wire, one at a time: the next is not read before it is asked for,
 * so HTTP/2's windows hold the sender back. Each chunk is charged to the budget as it arrives.
 */
export class GrpcMessages {
  readonly #stream: ServerHttp2Stream
  readonly #chunks: AsyncIterator<Buffer>
  readonly #cap: number
  readonly #budget: ByteBudget
  #parts: Buffer[] = []
  #size = 0

  constructor(stream: ServerHttp2Stream, cap: number, budget: ByteBudget) {
    this.#stream = stream
    this.#chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
    this.#cap = cap
    this.#budget = budget
  }

  /** Something of the next message is here. */
  get begun(): boolean {
    return this.#size > 0
  }

  async next(): Promise<GrpcMessage> {
    const head = await this.#fill(PREFIX)
    if (head !== 'ok') return this.#refuse(head === 'end' && this.#size === 0 ? 'end' : head === 'end' ? 'gone' : head)
    const prefix = this.#joined()
    const length = prefix.readUInt32BE(1)
    if (length > this.#cap) return this.#refuse('too-large')
    const rest = await this.#fill(PREFIX + length)
    if (rest !== 'ok') return this.#refuse(rest === 'end' ? 'gone' : rest)
    const bytes = this.#joined()
    const after = bytes.subarray(PREFIX + length)
    this.#parts = after.length === 0 ? [] : [after]
    this.#size = after.length
    return {
      kind: 'ok',
      bytes: bytes.subarray(PREFIX, PREFIX + length),
      compressed: (bytes[0] ?? 0) !== 0,
      held: PREFIX + length,
    }
  }

  /** No more messages are wanted: what still comes is passed over, so that the stream can come to its end. */
  async finish(): Promise<void> {
    this.release()
    await this.#chunks.return?.()
    this.#stream.resume()
  }

  /** Gives back what is held for messages that nobody will read. */
  release(): void {
    this.#budget.give(this.#size)
    this.#size = 0
    this.#parts = []
  }

  async #fill(size: number): Promise<'ok' | 'end' | 'busy' | 'gone'> {
    while (this.#size < size) {
      let chunk: IteratorResult<Buffer>
      try {
        chunk = await this.#chunks.next()
      } catch {
        return 'gone'
      }
      if (chunk.done === true) return 'end'
      if (!this.#budget.take(chunk.value.length)) return 'busy'
      this.#parts.push(chunk.value)
      this.#size += chunk.value.length
    }
    return 'ok'
  }

  #joined(): Buffer {
    const [only] = this.#parts
    const bytes = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts)
    this.#parts = [bytes]
    return bytes
  }

  #refuse(kind: 'end' | 'too-large' | 'busy' | 'gone'): GrpcMessage {
    this.release()
    return { kind }
  }
}
