import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { ask } from '../crash/sums.ts'
import { UpProcess } from '../crash/up-process.ts'

/** Why a test is left out: the sender is not installed; false when it is. With LASTCALL_REQUIRE_SENDERS=1 it must be. */
export function missing(program: string, debian: string): string | false {
  if (existsSync(program)) return false
  if (process.env.LASTCALL_REQUIRE_SENDERS === '1') throw new Error(`${program} is missing: apt-get install ${debian}`)
  return `${program} is not installed (Debian: ${debian})`
}

/** What is stored of one source. */
export interface Stored {
  readonly calls: number
  /** Calls of their own request: what was sent, less what was lost. */
  readonly distinct: number
  /** Lines that never became a call, by the tallies; and those among them that were dropped for want of room. */
  readonly others: number
  readonly full: number
  readonly tallied: number
}

export interface Receiver {
  readonly folder: string
  readonly port: number
  readonly url: () => string
  /** SIGKILL, and up again. */
  killOnce(): Promise<void>
  /** Waits until so many calls are stored or nothing moves for three seconds, stops the process, counts. */
  finish(wanted: number): Promise<Stored>
}

/** `lastcall up` with one source `edge`; PORT in its yaml is a free port. `distinct` is the column that tells requests apart. */
export async function receiver(
  t: Test,
  source: string,
  distinct: 'request_id' | 'path',
  files: (folder: string) => Promise<void> = async () => {},
): Promise<Receiver> {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-sender-'))
  await files(folder)
  const port = await freePort()
  await writeFile(
    join(folder, 'lastcall.yaml'),
    `sources:
  - { id: edge, ${source.replaceAll('PORT', String(port))} }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
  )
  const data = join(folder, 'data')
  const up = new UpProcess(['--config', join(folder, 'lastcall.yaml'), '--data', data, '--port', '0'])
  t.teardown(async () => {
    await up.kill()
    await rm(folder, { recursive: true, force: true })
  })
  await up.start()
  return {
    folder,
    port,
    url: () => up.url,
    async killOnce() {
      await up.kill()
      await up.start()
    },
    async finish(wanted) {
      await settled(up.url, wanted)
      await up.kill('SIGTERM')
      const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
      try {
        return {
          calls: await ask(clickhouse, 'SELECT count() AS n FROM calls'),
          distinct: await ask(clickhouse, `SELECT uniqExact(${distinct}) AS n FROM calls`),
          others: await ask(clickhouse, "SELECT sum(lines) AS n FROM sources_hourly WHERE outcome != 'call'"),
          full: await ask(clickhouse, "SELECT sum(lines) AS n FROM sources_hourly WHERE reason = 'queue-full'"),
          tallied: await ask(clickhouse, "SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'call'"),
        }
      } finally {
        await clickhouse.close()
      }
    },
  }
}

async function settled(url: string, wanted: number): Promise<void> {
  let before = -1
  for (let still = 0; still < 20; ) {
    await delay(300)
    const { total } = (await (await fetch(`${url}/api/v1/totals`)).json()) as { total: number }
    if (total >= wanted) break
    still = total === before ? still + 1 : 0
    before = total
  }
  // The tallies of what was dropped in the kernel come every five seconds, and at the stop.
  await delay(500)
}

/** A port free for TCP and UDP. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const socket = createSocket('udp4').bind(port, '127.0.0.1')
  await once(socket, 'listening')
  await Promise.all([once(server.close(), 'close'), once(socket.close(), 'close')])
  return port
}

/** A sender as a process of its own; ended with the test. */
export function run(t: Test, program: string, args: readonly string[]): { readonly said: () => string } {
  let text = ''
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4_000)
    })
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  })
  return { said: () => text }
}

/** Requests `GET /v1/orders/{from … to − 1}` to a web server, some at a time; resolves with the number of answers 200. */
export async function requestOrders(port: number, from: number, to: number, pauseMs: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1' })
  let answers = 0
  let rest = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const text = rest + chunk
    answers += text.split('HTTP/1.1 200').length - 1
    // A status line cut in two; never a whole one.
    rest = text.slice(-11)
  })
  await once(socket, 'connect')
  for (let first = from; first < to; first += 100) {
    const last = Math.min(to, first + 100)
    const requests = Array.from(
      { length: last - first },
      (_, index) =>
        `GET /v1/orders/${first + index} HTTP/1.1\r\nHost: api.partner.example\r\nUser-Agent: agent/1\r\n\r\n`,
    )
    socket.write(requests.join(''))
    for (let tries = 0; answers < last - from && tries < 2_000; tries += 1) await delay(2)
    if (pauseMs > 0) await delay(pauseMs)
  }
  socket.destroy()
  return answers
}

/** Waits until a port takes connections. */
export async function reachable(port: number, said: () => string): Promise<void> {
  for (let tries = 0; tries < 250; tries += 1) {
    const socket = connect({ port, host: '127.0.0.1' })
    const open = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      delay(1_000).then(() => false),
    ])
    socket.destroy()
    if (open) return
    await delay(20)
  }
  throw new Error(`nothing listens on ${port}: ${said()}`)
}
