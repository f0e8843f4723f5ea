import type { IncomingMessage } from 'node:http'

/**
 * Reads on what was refused and keeps none of it: most senders write their whole body before they look for an answer,
 * and to close at once resets their connection. They would never hear why, and repeat for ever. A body that goes on
 * beyond `most` bytes, or of which none comes for `idleMs`, is cut off all the same.
 */
export function passOver(stream: IncomingMessage, most: number, idleMs = 30_000): void {
  if (stream.complete || stream.destroyed) return
  let passed = 0
  const cut = (): void => void stream.destroy()
  const silent = setTimeout(cut, idleMs)
  const over = (): void => clearTimeout(silent)
  stream
    .on('data', (chunk: Buffer) => {
      silent.refresh()
      passed += chunk.length
      if (passed > most) cut()
    })
    .on('error', over)
    .on('end', over)
    .on('close', over)
}
