import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { accepts } from './ports.ts'

const run = promisify(execFile)

export interface BrokerOptions {
  readonly jars: string
  readonly folder: string
  readonly port: number
  readonly properties: Readonly<Record<string, string | number>>
}

/** Runs Java and takes it along when whoever holds its standard input is gone: no broker outlives a killed test. */
const KEEPER =
  'exec 3<&0; java "$@" >>"$LOG" 2>&1 & pid=$!; echo $pid; (cat <&3 >/dev/null; kill -9 $pid 2>/dev/null) >/dev/null 2>&1 & wait $pid'

/** One Kafka broker as a process of this machine, to be started, killed, stopped and started again. */
export class BrokerProcess {
  readonly port: number
  readonly #options: BrokerOptions
  readonly #config: string
  readonly #log: string
  #keeper: ChildProcess | undefined
  #pid = 0

  private constructor(options: BrokerOptions) {
    this.port = options.port
    this.#options = options
    this.#config = join(options.folder, 'server.properties')
    this.#log = join(options.folder, 'broker.log')
  }

  /** Writes its configuration and formats its disk. */
  static async prepare(options: BrokerOptions, cluster: string, format: readonly string[]): Promise<BrokerProcess> {
    const broker = new BrokerProcess(options)
    const lines = Object.entries(options.properties).map(([key, value]) => `${key}=${value}`)
    await writeFile(broker.#config, `${lines.join('\n')}\n`)
    await run('java', [
      '-Xmx256m',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      `${options.jars}/*`,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      cluster,
      '-c',
      broker.#config,
      ...format,
    ])
    return broker
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const heap = [
      '-Xms128m',
      '-Xmx768m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    ]
    const keeper = spawn(
      'sh',
      ['-c', KEEPER, 'sh', ...heap, '-cp', `${this.#options.jars}/*`, 'kafka.Kafka', this.#config],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { ...process.env, LOG: this.#log },
      },
    )
    this.#keeper = keeper
    keeper.once('exit', () => {
      keeper.stdin.end()
      if (this.#keeper === keeper) this.#keeper = undefined
    })
    const [line] = await once(keeper.stdout, 'data')
    this.#pid = Number(String(line).trim())
    if (await accepts(this.port, () => this.#keeper === keeper)) return
    throw new Error(`the broker did not start: ${(await readFile(this.#log, 'utf8')).slice(-2_000)}`)
  }

  /** SIGKILL, in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }
  /** SIGTERM: an orderly end. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }
  /** SIGSTOP until `resume`: alive, and answers nobody. */
  suspend(): void {
    process.kill(this.#pid, 'SIGSTOP')
  }
  resume(): void {
    process.kill(this.#pid, 'SIGCONT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const keeper = this.#keeper
    if (keeper === undefined) return
    const gone = once(keeper, 'exit')
    process.kill(this.#pid, signal)
    await gone
  }
}
