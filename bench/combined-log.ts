import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { between, chance, pick } from '../services/demo/random.ts'
import type { MakeLine } from './lines.ts'

const THINGS = ['orders', 'customers', 'invoices', 'payments', 'products', 'shipments', 'reports', 'webhooks'] as const
const VIEWS = ['', '/search', '/export', '/summary', '/recent', '/statistics'] as const
const AGENTS = ['curl/8.5.0', 'okhttp/4.12.0', 'python-requests/2.32.3', 'partner-sdk/3.1 (linux)'] as const
const STATUSES = [200, 200, 200, 200, 200, 200, 201, 304, 401, 404, 500] as const
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
/** Lines that differ; a longer log repeats them under later times. */
const DIFFERENT = 50_000

/** Lines of a combined log over two days whose paths hold no ids, so that each path is its own template. */
export function combinedLines(lines: number): MakeLine {
  const from = Temporal.Instant.from('2026-11-20T00:00:00Z').epochMilliseconds
  const made = Array.from({ length: Math.min(lines, DIFFERENT) }, (_, number) => parts(number))
  return number => {
    const [head, tail] = made[number % DIFFERENT] ?? ['', '']
    return head + clock(from + Math.floor((number * 172_800_000) / lines)) + tail
  }
}

function parts(number: number): readonly [string, string] {
  const word = `line-${number}`
  const method = chance(`${word} method`) < 0.2 ? 'POST' : 'GET'
  const path = `/v${between(`${word} v`, 1, 2)}/${pick(`${word} thing`, THINGS)}${pick(`${word} view`, VIEWS)}`
  const query = chance(`${word} query`) < 0.3 ? `?page=${between(`${word} page`, 1, 40)}` : ''
  const net = `198.51.${between(`${word} c`, 0, 19)}.${between(`${word} d`, 1, 250)}`
  const user = chance(`${word} user`) < 0.5 ? '-' : `partner-${between(`${word} who`, 1, 200)}`
  const tail = `] "${method} ${path}${query} HTTP/1.1" ${pick(`${word} status`, STATUSES)} ${between(`${word} size`, 20, 9_000)} "-" "${pick(`${word} agent`, AGENTS)}"`
  return [`${net} - ${user} [`, tail]
}

/** `20/Nov/2026:00:00:00 +0000` */
function clock(time: number): string {
  const iso = new Date(time).toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

/** Writes a log; resolves with its bytes. */
export async function writeLog(file: string, make: MakeLine, lines: number): Promise<number> {
  const out = createWriteStream(file)
  await pipeline(Readable.from(pieces(make, lines)), out)
  return out.bytesWritten
}

function* pieces(make: MakeLine, lines: number): Generator<string> {
  for (let at = 0; at < lines; at += 2_000)
    yield `${Array.from({ length: Math.min(2_000, lines - at) }, (_, index) => make(at + index)).join('\n')}\n`
}
