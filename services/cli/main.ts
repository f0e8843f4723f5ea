import { processEnvironment } from '../config/environment.ts'
import { systemClock } from '../platform/clock.ts'
import { run } from './run.ts'

/** The process around `run`: signals in, streams out, the exit status. */
export async function main(): Promise<void> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new Error(`stopped by ${name}`)))
  }
  process.stdout.on('error', ignoreClosedPipe)
  const status = await run(process.argv.slice(2), {
    stdout: text => void process.stdout.write(text),
    stderr: text => void process.stderr.write(text),
    stderrIsTerminal: process.stderr.isTTY === true,
    stdin: process.stdin,
    clock: systemClock,
    environment: processEnvironment,
    signal: stop.signal,
  })
  process.exitCode = status
}

/** `lastcall … | head` is no fault. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
