import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const BIN = join(import.meta.dirname, '../services/cli/lastcall.js')

/** `lastcall up` as a process of its own. */
export class BenchedUp {
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  constructor(args: readonly string[]) {
    this.#args = args
  }

  /** Resolves when it is ready. */
  async start(): Promise<{ readonly url: string; readonly pid: number }> {
    const args = [BIN, 'up', '--log-level', 'error', ...this.#args]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) {
      const { listening, pid } = JSON.parse(line) as { readonly listening: string; readonly pid: number }
      return { url: listening, pid }
    }
    throw new Error('lastcall up ended before it was ready')
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}
