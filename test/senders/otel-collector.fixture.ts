import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCE = join(import.meta.dirname, 'otel-collector')

/** Builds the Collector once, into a folder that stays; undefined where there is no Go, or its modules cannot be had. */
export function builtCollector(): string | undefined {
  const path = `${process.env.PATH ?? ''}:/usr/local/go/bin`
  const env = { ...process.env, PATH: path }
  if (spawnSync('go', ['version'], { env }).status !== 0) return undefined
  const digest = createHash('sha256')
  for (const file of ['main.go', 'go.mod', 'go.sum']) digest.update(readFileSync(join(SOURCE, file)))
  const binary = join(tmpdir(), `lastcall-otel-collector-${digest.digest('hex').slice(0, 16)}`, 'otelcol')
  if (existsSync(binary)) return binary
  try {
    execFileSync('go', ['build', '-trimpath', '-o', binary, '.'], { cwd: SOURCE, env, stdio: 'inherit' })
    return binary
  } catch {
    return undefined
  }
}

/** The Collector on a configuration; it says its trouble on stderr. */
export class CollectorProcess {
  readonly #child: ChildProcess
  errors = ''

  constructor(binary: string, config: string) {
    this.#child = spawn(binary, ['--config', `file:${config}`], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-1_000_000)
    })
  }

  /** How often a line of its log holds this. */
  said(text: string): number {
    return this.errors.split(text).length - 1
  }

  /** It flushes its queues first, as long as it can. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await gone
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
