import type { Inside, TextEnvelope } from './envelope.ts'

/** What `docker compose logs` puts in front of a line: `gateway-1  | …`, perhaps in colour. */
export const compose: TextEnvelope = { name: 'compose', open }

function open(line: string, inside: Inside): boolean {
  const bar = line.indexOf('|')
  if (bar < 2 || bar > 128 || line.charCodeAt(bar - 1) !== 0x20 || line.charCodeAt(bar + 1) !== 0x20) {
    if (bar < 2 || !line.startsWith('\x1b[')) return false
  }
  const name = /^(?:\x1b\[[\d;]{0,12}m)?[A-Za-z0-9][\w.-]{0,80} {1,60}\|(?:\x1b\[[\d;]{0,12}m)? /.exec(
    line.slice(0, 200),
  )
  if (name === null) return false
  inside.text(line.slice(name[0].length), 0)
  return true
}
