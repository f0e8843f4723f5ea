import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** API keys of Kafka's protocol. */
export const PRODUCE = 0
export const OFFSET_COMMIT = 8

/** A request on its way to the broker, or the answer to one on its way back. */
export interface Passing {
  readonly api: number
  readonly way: 'request' | 'answer'
  readonly frame: Buffer
}

/**
 * Stands between a client and a broker and loses answers: the broker did the work, the client never hears of it.
 * Kafka's frames: four bytes of length; a request then has its API key (2), version (2), correlation id (4), an answer
 * its correlation id (kafka.apache.org/protocol).
 */
export class LossyProxy {
  port = 0
  /** The broker behind it. */
  target = 0
  /** So many of the next answers to Produce are lost. */
  losing = 0
  lost = 0
  /** Asked of everything that passes: false loses it. */
  lets: (passing: Passing) => boolean = () => true
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer(client => this.#join(client))
  }

  static async listen(): Promise<LossyProxy> {
    const proxy = new LossyProxy()
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    const address = proxy.#server.address()
    if (address !== null && typeof address === 'object') proxy.port = address.port
    return proxy
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const broker = connect(this.target, '127.0.0.1')
    const asked = new Map<number, number>()
    const requests = frames(frame => {
      const api = frame.readInt16BE(4)
      asked.set(frame.readInt32BE(8), api)
      if (this.lets({ api, way: 'request', frame })) broker.write(frame)
    })
    const answers = frames(frame => {
      const id = frame.readInt32BE(4)
      const api = asked.get(id)
      asked.delete(id)
      if (api === PRODUCE && this.losing > 0) {
        this.losing--
        this.lost++
      } else if (this.lets({ api: api ?? -1, way: 'answer', frame })) client.write(frame)
    })
    client.on('data', requests)
    broker.on('data', answers)
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }
}

/** Cuts a stream into whole frames, their length included. */
function frames(each: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4) {
      const size = 4 + rest.readInt32BE(0)
      if (rest.length < size) break
      each(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
  }
}
