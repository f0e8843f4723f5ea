import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { nginxLine } from './lines.ts'

export const SENDERS = 4

export interface Body {
  readonly plain: number
  readonly gzip: Buffer
  readonly rows: number
}

/** Bodies of nginx JSON lines of 400 B, compressed; `now` is milliseconds UTC. */
export function bodiesOf(rows: number, lines: number, now: number): Body[] {
  return Array.from({ length: Math.ceil(rows / lines) }, (_, body) => {
    const from = body * lines
    const count = Math.min(lines, rows - from)
    const text = Array.from({ length: count }, (_, index) =>
      nginxLine(from + index, now - 3_600_000 + from + index),
    ).join('\n')
    return { plain: text.length, gzip: gzipSync(text, { level: 1 }), rows: count }
  })
}

/** Posts them, several at a time, each again until it is answered 200. */
export async function push(url: string, bodies: readonly { readonly gzip: Buffer }[]): Promise<void> {
  const waiting = bodies.values()
  const sender = async (): Promise<void> => {
    for (const { gzip } of waiting) await pushOne(url, gzip)
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
}

export async function pushOne(url: string, gzip: Buffer): Promise<void> {
  const headers = { 'content-encoding': 'gzip' }
  for (;;) {
    const response = await fetch(`${url}/ingest/edge`, { method: 'POST', body: new Uint8Array(gzip), headers })
    const answer = await response.text()
    if (response.status === 200) return
    if (response.status !== 503 && response.status !== 429) throw new Error(`${response.status}: ${answer}`)
    await delay(50)
  }
}
