import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A script that says in one line of JSON that it is ready, as a process of its own: to be killed, stopped and started again. */
export class ScriptProcess {
  readonly #script: string
  readonly #args: readonly string[]
  readonly #environment: Readonly<Record<string, string>>
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined
  /** What it said when it was ready. */
  ready: Readonly<Record<string, unknown>> = {}
  url = ''
  starts = 0
  errors = ''

  /** `flags` are for Node itself. */
  constructor(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    flags: readonly string[] = [],
  ) {
    this.#flags = flags
    this.#script = script
    this.#args = args
    this.#environment = environment
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [...this.#flags, this.#script, ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#environment },
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
        reject(new Error(`${this.#script} ended (${code ?? signal}) before it was ready: ${this.errors}`)),
      )
    })
    this.ready = JSON.parse(line) as Record<string, unknown>
    this.url = String(this.ready.listening)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  /** Asks it to end, and answers its exit status; undefined when a signal ended it. */
  async ended(signal: NodeJS.Signals): Promise<number | undefined> {
    const child = this.#child
    if (child === undefined) return undefined
    await this.kill(signal)
    return child.exitCode ?? undefined
  }

  /** SIGSTOP or SIGCONT: it stands still, or goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }
}
