import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'

/** A process that is asked to stop at once, on a clock whose every sleep is over at once; `stop` is a line of JavaScript. */
async function stopped(stop: string) {
  const from = (path: string) => JSON.stringify(join(import.meta.dirname, path))
  const script = `
    import { untilStopped } from ${from('until-stopped.ts')}
    import { createLog } from ${from('../platform/log.ts')}
    import { systemClock } from ${from('../platform/clock.ts')}
    const clock = { ...systemClock, sleep: () => new Promise(resolve => setTimeout(resolve, 200)) }
    const context = { clock, signal: AbortSignal.abort(), stdout: text => process.stdout.write(text) }
    const running = { url: 'http://127.0.0.1:1', stop: () => ${stop} }
    setInterval(() => {}, 1_000)
    process.exit(await untilStopped(context, running, createLog('info', 'test')))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { status, signal, ...said }
}

t.test('a part that never stops is cut off at a hard deadline, and that is logged', async t => {
  const { status, signal, stdout, stderr } = await stopped('new Promise(() => {})')
  t.match(JSON.parse(stdout), { listening: 'http://127.0.0.1:1', pid: Number })
  t.strictSame([status, signal], [null, 'SIGKILL'])
  t.match(stderr, /not everything stopped in time/)
})

t.test('what stops in time ends well', async t => {
  const { status, signal, stderr } = await stopped('Promise.resolve()')
  t.strictSame([status, signal, stderr], [0, null, ''])
})
