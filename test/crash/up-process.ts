import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '../../services/cli/lastcall.js')

/** `lastcall up` as a process of its own, to be killed and started again. */
export class UpProcess {
  readonly #args: readonly string[]
  #child: ChildProcess | undefined
  url = ''
  starts = 0
  errors = ''

  constructor(args: readonly string[]) {
    this.#args = args
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [BIN, 'up', '--log-level', 'error', ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.starts += 1
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-20_000)
    })
    const line = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.includes('\n')) resolve(text)
      })
      child.once('exit', (code, signal) =>
        reject(new Error(`lastcall up ended (${code ?? signal}) before it was ready: ${this.errors}`)),
      )
    })
    this.url = (JSON.parse(line) as { listening: string }).listening
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
}
