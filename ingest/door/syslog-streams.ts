import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { createServer as createTlsServer } from 'node:tls'
import type { Clock } from '../../services/domain/clock.ts'
import { counter } from '../../services/platform/metrics.ts'
import type { Batches } from './syslog-batches.ts'
import { listenFault } from './syslog-faults.ts'
import { FrameCutter } from './syslog-frames.ts'

/** Connections of one port. With one more, the one that has been silent longest makes room. */
const MAX_CONNECTIONS = 1_000
/** A message must be whole within this time. */
const MESSAGE_MS = 60_000
/** A connection on which nothing came for so long is closed. */
const IDLE_MS = 3_600_000
const HANDSHAKE_MS = 10_000
const SWEEP_MS = 5_000
/** How long senders may finish after they were told that we close. */
const GRACE_MS = 1_000

export interface StreamOptions {
  readonly source: string
  readonly host: string
  readonly port: number
  /** Given: TLS. */
  readonly tls?: TlsOptions
  readonly batches: Batches
  readonly clock: Clock
  readonly allowed: (address: string | undefined) => boolean
  readonly onTrouble: (what: string) => void
}

interface Connection {
  /** As accepted: destroying it ends TLS on it, too. */
  readonly raw: Socket
  /** What messages are read from; undefined until a handshake is done. */
  plain: Socket | undefined
  cutter: FrameCutter
  /** Milliseconds UTC of the last bytes, and of the beginning of an unfinished message. */
  heard: number
  since: number
}

/**
 * One TCP port for syslog, plain or TLS. Nothing is acknowledged to senders; while the topic is slow they are not read
 * from, which is how they notice. Memory is bounded: connections, bytes of an unfinished message, its time.
 */
export class StreamDoor {
  readonly #options: StreamOptions
  readonly #server: Server
  /** Longest silent first. */
  readonly #connections = new Map<string, Connection>()
  readonly #stopped = new AbortController()
  #paused = false

  static async open(options: StreamOptions): Promise<StreamDoor> {
    const door = new StreamDoor(options)
    const { host, port, tls } = options
    try {
      const listening = once(door.#server, 'listening')
      door.#server.listen({ host, port, exclusive: true })
      await listening
    } catch (error) {
      throw listenFault(tls === undefined ? 'TCP' : 'TLS', host, port, error)
    }
    door.#server.on('error', error => options.onTrouble(error.message))
    void door.#sweep()
    return door
  }

  private constructor(options: StreamOptions) {
    this.#options = options
    const secure =
      options.tls === undefined ? undefined : createTlsServer({ ...options.tls, handshakeTimeout: HANDSHAKE_MS })
    secure?.on('secureConnection', socket => this.#read(socket))
    secure?.on('tlsClientError', (_error, socket) => {
      this.#refuse('tls', 'a sender failed the TLS handshake')
      socket.destroy()
    })
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, raw => {
      if (!this.#admit(raw)) return
      if (secure === undefined) this.#read(raw)
      else secure.emit('connection', raw)
    })
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Room again: reads on. */
  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const now = this.#options.clock.now()
    for (const connection of this.#connections.values()) {
      connection.heard = now
      connection.since = now
      connection.plain?.resume()
    }
  }

  /** Takes no more connections, says so to those that are open, and gives them a second to finish. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const { plain, raw } of this.#connections.values()) {
      if (plain === undefined) raw.destroy()
      else plain.end()
    }
    const grace = new AbortController()
    await Promise.race([closed, this.#options.clock.sleep(GRACE_MS, grace.signal).catch(() => {})])
    grace.abort()
    for (const connection of this.#connections.values()) this.#cut(connection)
    await closed
  }

  #admit(raw: Socket): boolean {
    const { clock, allowed } = this.#options
    raw.on('error', () => {}) // a torn connection: 'close' follows
    if (!allowed(raw.remoteAddress)) {
      // Without an address it is gone already.
      if (raw.remoteAddress !== undefined)
        this.#refuse('network', 'a connection from a network that is not allowed was refused')
      raw.destroy()
      return false
    }
    if (this.#connections.size >= MAX_CONNECTIONS) {
      const [silent] = this.#connections.values()
      if (silent !== undefined) this.#cut(silent)
      this.#refuse('connections', 'too many connections: the one silent longest was closed')
    }
    const now = clock.now()
    const id = idOf(raw)
    const connection: Connection = {
      raw,
      plain: undefined,
      cutter: new FrameCutter(this.#options.batches),
      heard: now,
      since: now,
    }
    this.#connections.set(id, connection)
    raw.once('close', () => {
      connection.cutter.end(false)
      if (this.#connections.get(id) === connection) this.#connections.delete(id)
    })
    return true
  }

  #read(socket: Socket): void {
    const { batches, clock } = this.#options
    const id = idOf(socket)
    const connection = this.#connections.get(id)
    if (connection === undefined) return void socket.destroy()
    connection.plain = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const { cutter } = connection
      const now = clock.now()
      const began = cutter.messages
      cutter.push(chunk)
      if (!cutter.partial || cutter.messages !== began) connection.since = now
      connection.heard = now
      this.#connections.delete(id)
      this.#connections.set(id, connection)
      if (batches.full) this.#pause()
    })
    socket.on('end', () => {
      connection.cutter.end(true)
      socket.end()
    })
    if (this.#paused) socket.pause()
  }

  #pause(): void {
    if (this.#paused) return
    this.#paused = true
    for (const { plain } of this.#connections.values()) plain?.pause()
  }

  #cut(connection: Connection): void {
    connection.cutter.end(false)
    connection.raw.destroy()
    this.#connections.delete(idOf(connection.raw))
  }

  async #sweep(): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await clock.sleep(SWEEP_MS, signal).catch(() => {})
      if (this.#paused) continue
      const now = clock.now()
      for (const connection of [...this.#connections.values()]) {
        const stuck = connection.cutter.partial && now - connection.since > MESSAGE_MS
        if (stuck || now - connection.heard > IDLE_MS) this.#cut(connection)
      }
    }
  }

  #refuse(reason: string, what: string): void {
    counter('syslogRefused').add(1, { source: this.#options.source, reason })
    this.#options.onTrouble(what)
  }
}

/** The same for a TLS socket and the one it stands on. */
function idOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
