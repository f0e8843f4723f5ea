import type { Log } from '../platform/log.ts'
import type { CommandContext } from './command.ts'

/** What a sender or an orchestrator waits for at most; after it the process ends as if killed, which loses nothing. */
const DEADLINE_MS = 25_000

/** Says that the process is ready, and stops it gently when asked to. Returns the exit status: 3 when it had to be cut off. */
export async function untilStopped(
  context: CommandContext,
  running: { readonly url: string; stop(): Promise<void> },
  log: Log,
): Promise<number> {
  context.stdout(`${JSON.stringify({ listening: running.url, pid: process.pid })}\n`)
  if (!context.signal.aborted)
    await new Promise<void>(resolve => context.signal.addEventListener('abort', () => resolve(), { once: true }))
  const ended = new AbortController()
  const inTime = await Promise.race([
    running.stop().then(() => true),
    context.clock.sleep(DEADLINE_MS, ended.signal).then(
      () => false,
      () => true,
    ),
  ])
  ended.abort()
  if (inTime) return 0
  log.error({ afterMs: DEADLINE_MS }, 'not everything stopped in time: cut off')
  process.kill(process.pid, 'SIGKILL')
  return 3
}
