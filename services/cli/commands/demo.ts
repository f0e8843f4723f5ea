import { startDemo } from '../../demo/demo.ts'
import { LcError } from '../../domain/errors.ts'
import { fastClock } from '../../platform/clock.ts'
import { createLog } from '../../platform/log.ts'
import { type Command, textFlag } from '../command.ts'
import { portFlag } from '../run-config.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'what `npm start` runs: everything in one process on invented traffic',
  usage: `lastcall demo [--port 8080] [--speed 1] [--seed autumn] [--data .lastcall/demo]

Three invented APIs under three published policies (no dates; superseded; a countdown), 120 days of history, and
traffic that goes on while you watch. Letters go to an outbox that you can read; no mail leaves. The data folder is
made anew at each start.

  --speed N   the demo's clock runs N times as fast: 1440 is a day a minute
  --seed S    another world

Example
  lastcall demo --speed 1440`,
  options: { speed: { type: 'string' }, seed: { type: 'string' }, 'log-level': { type: 'string' } },
  async run(context) {
    const speed = Number(textFlag(context, 'speed', '1'))
    if (!(speed >= 1 && speed <= 86_400))
      throw new LcError('LC_CLI_FLAGS', '--speed takes a number from 1 to 86400.', 'lastcall demo --speed 1440', 2)
    const clock = speed === 1 ? context.clock : fastClock(context.clock.now(), speed)
    const started = context.clock.now()
    const said = (text: string): void => (context.stderrIsTerminal ? context.stderr(`\r\u001b[K${text}`) : undefined)
    const running = await startDemo({
      data: textFlag(context, 'data', '.lastcall/demo'),
      host: textFlag(context, 'host', '127.0.0.1'),
      port: portFlag(context, 8080),
      seed: textFlag(context, 'seed', 'autumn'),
      clock,
      environment: context.environment,
      log: createLog(textFlag(context, 'log-level', 'warn'), 'lastcall'),
      signal: context.signal,
      notifyEveryMs: Math.max(300_000, speed * 15_000),
      say: said,
    })
    said('')
    context.stderr(
      `${running.history} calls of history after ${((context.clock.now() - started) / 1000).toFixed(1)} s; live traffic goes on. Open ${running.running.url}\n`,
    )
    context.stdout(`${JSON.stringify({ listening: running.running.url, pid: process.pid })}\n`)
    await new Promise<void>(resolve => context.signal.addEventListener('abort', () => resolve(), { once: true }))
    await running.stop()
    return 0
  },
}
