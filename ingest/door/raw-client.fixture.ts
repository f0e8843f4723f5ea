import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A connection that says whatever it is told, and keeps what it hears. */
export class RawClient {
  readonly socket: Socket
  heard = ''
  closed = false

  constructor(url: string) {
    this.socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), noDelay: true, allowHalfOpen: true })
    this.socket
      .setEncoding('latin1')
      .on('data', text => {
        this.heard += text
      })
      .on('error', () => {})
      .on('end', () => this.socket.end())
      .on('close', () => {
        this.closed = true
      })
  }

  say(text: string | Buffer): this {
    this.socket.write(text)
    return this
  }

  /** The head of a POST; `more` are header lines. */
  head(path: string, ...more: readonly string[]): this {
    return this.say([`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...more, '', ''].join('\r\n'))
  }

  get status(): number {
    return Number(this.heard.slice(9, 12))
  }

  /** Waits until it is so; false when it is not within `ms`. */
  async until(seen: (client: this) => boolean, ms = 20_000): Promise<boolean> {
    for (let waited = 0; waited < ms && !seen(this); waited += 20) await delay(20)
    return seen(this)
  }

  answered = (): Promise<boolean> => this.until(({ heard }) => heard.includes('\r\n\r\n'))
  ended = (): Promise<boolean> => this.until(({ closed }) => closed)
}
