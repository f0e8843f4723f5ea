import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePorts } from '../broker/ports.ts'
import type { Fault } from './faults.ts'

const SERVER = join(import.meta.dirname, 'server.ts')

export interface ClickHouseProcessOptions {
  readonly folder: string
  /** Left out: a free one, kept over restarts. */
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** A second user, who may only read. */
  readonly reader?: { readonly user: string; readonly password: string }
}

/** A ClickHouse over HTTP as a process of this machine, to be killed, stopped and started again on its port and folder. */
export class ClickHouseProcess {
  readonly #options: ClickHouseProcessOptions
  #port: number
  #child: ChildProcess | undefined
  #orders = ''
  errors = ''

  /** A folder alone: user `default` without a password, on a free port. Nothing runs yet. */
  constructor(options: string | ClickHouseProcessOptions) {
    this.#options = typeof options === 'string' ? { folder: options } : options
    this.#port = this.#options.port ?? 0
  }

  /** Known from the first start on. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }
  /** What openClickHouse takes; from the first start on. */
  get settings(): {
    readonly url: string
    readonly user: string
    readonly password: string
    readonly database: string
  } {
    const { user = 'default', password = '', database = 'default' } = this.#options
    return { url: this.url, user, password, database }
  }
  /** 0 while it does not run. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return
    if (this.#port === 0) this.#port = (await freePorts(1))[0] ?? 0
    const { user, password, database } = this.settings
    const words = ['--path', this.#options.folder, '--port', `${this.#port}`, '--user', user, '--database', database]
    const { reader } = this.#options
    const second = reader === undefined ? [] : [`--reader=${reader.user}`, `--reader-password=${reader.password}`]
    const child = spawn(process.execPath, [SERVER, '--keeper', ...words, `--password=${password}`, ...second], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Statements take libuv's threads, and files need some beside them.
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    })
    this.#child = child
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-20_000)
    })
    const line = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.includes('\n')) resolve(text)
      })
      child.once('exit', (code, signal) => reject(new Error(`the server ended (${code ?? signal}): ${this.errors}`)))
    })
    this.#orders = (JSON.parse(line) as { faults: string }).faults
  }

  /** Orders a trouble for the next statements that contain `match`. Forgotten with the process. */
  async fault(fault: Fault): Promise<void> {
    await (await fetch(this.#orders, { method: 'POST', body: JSON.stringify(fault) })).text()
  }
  async clearFaults(): Promise<void> {
    await (await fetch(this.#orders, { method: 'DELETE' })).text()
  }
  /** How often each kind struck. */
  async struck(): Promise<Readonly<Record<string, number>>> {
    return (await (await fetch(this.#orders)).json()) as Record<string, number>
  }

  /** SIGKILL, in the middle of whatever it does. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.#end(signal)
  }
  /** SIGTERM: finishes what runs. */
  close(): Promise<void> {
    return this.#end('SIGTERM')
  }
  /** Waits until it ended by itself (a fault that kills). */
  async ended(): Promise<void> {
    if (this.#child !== undefined) await once(this.#child, 'exit')
  }
  /** SIGSTOP until `resume`: alive, and answers nobody. */
  suspend(): void {
    this.#child?.kill('SIGSTOP')
  }
  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const gone = once(child, 'exit')
    // A stopped process takes SIGTERM only when it goes on.
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }
}
