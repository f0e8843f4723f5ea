import { join } from 'node:path'
import type { ServerFault } from '../../services/platform/clickhouse-server.ts'
import { freePorts } from '../broker/ports.ts'
import { ScriptProcess } from '../crash/script-process.ts'

/** A ClickHouse server as a process of its own, on one port and folder for its life: to be killed, stopped, started again. */
export class ClickHouseProcess {
  readonly #folder: string
  #process: ScriptProcess | undefined
  url = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(): Promise<void> {
    if (this.#process === undefined) {
      const [port = 0] = await freePorts(1)
      const script = join(import.meta.dirname, 'server.ts')
      this.#process = new ScriptProcess(script, ['--path', this.#folder, '--port', String(port)], {
        UV_THREADPOOL_SIZE: '8',
      })
    }
    await this.#process.start()
    this.url = this.#process.url
  }

  /** The next `times` statements that contain `match` meet the fault. */
  async plan(match: string, times: number, fault: ServerFault): Promise<void> {
    const { faults } = this.#process?.ready ?? {}
    await fetch(String(faults), { method: 'POST', body: JSON.stringify({ match, times, fault }) })
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.#process?.kill(signal) ?? Promise.resolve()
  }
  suspend(): void {
    this.#process?.signal('SIGSTOP')
  }
  resume(): void {
    this.#process?.signal('SIGCONT')
  }
  get pid(): number {
    return this.#process?.pid ?? 0
  }
}
