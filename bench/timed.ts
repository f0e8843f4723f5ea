import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a command took, as a whole process with its children; seconds. */
export interface Taken {
  readonly wall: number
  /** User and system time. */
  readonly cpu: number
}

/** Runs a command to its end, its output thrown away or written to `out`. Throws when it fails or there is no bash. */
export async function timed(command: readonly string[], out = '/dev/null'): Promise<Taken> {
  const script = 'TIMEFORMAT="%3R %3U %3S"; out=$1; shift; { time "$@" >"$out" 2>/dev/null; } 2>&1'
  const child = spawn('bash', ['-c', script, 'bash', out, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = text.trim().split(' ').map(Number)
  if (code !== 0 || Number.isNaN(system)) throw new Error(`${command.join(' ')} ended with ${code}`)
  return { wall, cpu: user + system }
}

/** Whether the command can be run here. */
export async function present(command: string): Promise<boolean> {
  const child = spawn(command, [command.endsWith('kcat') ? '-V' : '--version'], { stdio: 'ignore' })
  return new Promise(resolve => child.once('error', () => resolve(false)).once('exit', code => resolve(code === 0)))
}
