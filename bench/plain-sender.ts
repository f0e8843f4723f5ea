import { connect, type Socket } from 'node:net'

const LENGTH = /content-length: (\d+)/i

/**
 * One keep-alive connection that posts bodies one after the other and reads just enough of the answers. A bench's
 * sender shares the cores with what is measured: through `node:http` it would take as much of them as the server.
 */
export class PlainSender {
  readonly #socket: Socket
  readonly #head: string
  #answer = ''
  #waiting: PromiseWithResolvers<number> | undefined

  /** `url`: http, of this machine. */
  constructor(url: string, path: string) {
    const { host, hostname, port } = new URL(url)
    this.#head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: `
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
      .setEncoding('latin1')
      .on('data', chunk => this.#read(String(chunk)))
      .on('error', error => this.#waiting?.reject(error))
      .on('close', () => this.#waiting?.reject(new Error('the connection was closed')))
  }

  /** Resolves with the status of the answer once it is here whole. */
  post(body: string): Promise<number> {
    const waiting = Promise.withResolvers<number>()
    this.#waiting = waiting
    this.#socket.write(`${this.#head}${Buffer.byteLength(body)}\r\n\r\n${body}`)
    return waiting.promise
  }

  end(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #read(chunk: string): void {
    this.#answer += chunk
    const head = this.#answer.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = Number(LENGTH.exec(this.#answer)?.[1] ?? 0)
    if (this.#answer.length < head + 4 + length) return
    const status = Number(this.#answer.slice(9, 12))
    this.#answer = ''
    this.#waiting?.resolve(status)
  }
}
