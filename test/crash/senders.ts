import { appendFile, rename, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

/** One nginx JSON line with a request id of its own; every third carries a key, every fiftieth was refused. */
export function logLine(number: number, now: number): string {
  const status = number % 50 === 0 ? 401 : 200
  return JSON.stringify({
    v: '1',
    msec: ((now - (number % 600_000)) / 1000).toFixed(3),
    request_id: `request-${number}`,
    method: 'GET',
    host: 'api.partner.example',
    request_uri: `/v1/orders/${number % 1000}`,
    status: String(status),
    bytes: '10',
    request_time: '0.010',
    ua: `agent/${number % 5}`,
    x_api_key: number % 3 === 0 ? `fake-key-${number % 7}` : '',
  })
}

/** Rows that identities_seen counts: with a key, not refused. */
export const hasKey = (number: number): boolean => number % 3 === 0 && number % 50 !== 0

export interface Sent {
  readonly attempts: number
  /** The first number that was not sent. */
  readonly next: number
}

/** Sends bodies of 1 to `most` lines, each again and again until it is answered 200, up to `to` or until it is enough. */
export async function sendBodies(options: {
  readonly from: number
  readonly to: number
  readonly most: number
  readonly url: () => string
  readonly now: number
  readonly random: () => number
  /** Share of attempts that are cut off while they run: the sender does not know, and sends the same again. */
  readonly cut?: number
  readonly enough?: () => boolean
  /** Longest pause between two bodies. */
  readonly pauseMs?: number
}): Promise<Sent> {
  const { to, most, random, url, now, pauseMs = 0, enough = () => false } = options
  let attempts = 0
  let next = options.from
  while (next < to && !enough()) {
    const lines = Math.min(1 + Math.floor(random() * most), to - next)
    const first = next
    const body = gzipSync(Array.from({ length: lines }, (_, index) => logLine(first + index, now)).join('\n'), {
      level: 1,
    })
    while (!(await answered(url(), body, patience(options)))) {
      attempts += 1
      await delay(30)
    }
    attempts += 1
    next += lines
    if (pauseMs > 0) await delay(random() * pauseMs)
  }
  return { attempts, next }
}

function patience({ random, cut = 0 }: { readonly random: () => number; readonly cut?: number }): number {
  return cut > 0 && random() < cut ? 5 + random() * 60 : 20_000
}

async function answered(url: string, body: Buffer, timeoutMs: number): Promise<boolean> {
  if (url === '') return false
  try {
    const response = await fetch(`${url}/ingest/bodies`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-encoding': 'gzip' },
      signal: AbortSignal.timeout(Math.round(timeoutMs)),
    })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false // killed while it worked: the sender does not know, and sends the same again
  }
}

/** Lines written into a file at once. */
const LINES = 100
/** Numbers of lines that one sender may use: none meets another's. */
export const SHARE = 100_000_000

/** Writes lines into a file as a gateway does until it is enough, and has it rotated by rename, as logrotate does. */
export async function writeFileLines(options: {
  readonly file: string
  readonly from: number
  readonly enough: () => boolean
  readonly now: number
  readonly rotateBytes: number
  readonly pauseMs: number
}): Promise<{ readonly rotations: number; readonly next: number }> {
  let rotations = 0
  let first = options.from
  for (; !options.enough(); first += LINES) {
    const size = await stat(options.file).then(
      found => found.size,
      () => 0,
    )
    if (size > options.rotateBytes) {
      for (let old = 30; old > 0; old -= 1)
        await rename(`${options.file}.${old}`, `${options.file}.${old + 1}`).catch(() => {})
      await rename(options.file, `${options.file}.1`)
      rotations += 1
    }
    const lines = Array.from({ length: LINES }, (_, index) => logLine(first + index, options.now))
    // In two pieces, so that the follower meets an unfinished line.
    const text = `${lines.join('\n')}\n`
    await appendFile(options.file, text.slice(0, text.length - 40))
    await appendFile(options.file, text.slice(text.length - 40))
    await delay(options.pauseMs)
  }
  return { rotations, next: first }
}

/** The numbers that a sender used from `from` on. */
export function numbersOf(from: number, next: number): number[] {
  return Array.from({ length: next - from }, (_, at) => from + at)
}
