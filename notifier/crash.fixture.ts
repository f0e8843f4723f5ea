import { smtp } from './deliver/send.ts'
import { town } from './notifier.fixture.ts'

/**
 * A notify of its own process that kills itself, without a chance to tidy up, right after the `nth` time a step is on
 * the disk. Words: data folder, SMTP port (0: the outbox), step, nth, now (milliseconds UTC).
 */
const [folder = '', port = '0', step = '', nth = '0', now = '0'] = process.argv.slice(2)
const here = town(folder)
here.clock.set(Number(now))
let left = Number(nth)
const carrier = smtp({ host: '127.0.0.1', port: Number(port), tls: 'none', sender: 'api-changes@provider.example' })
const notifier = here.start({
  ...(port === '0' ? {} : { carrier }),
  onStep: at => {
    if (at !== step) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  },
})
await notifier.round()
await notifier.close()
