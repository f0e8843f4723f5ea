import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { freePort, missing, type Receiver, reachable, receiver, requestOrders, run } from './syslog-senders.fixture.ts'

const HAPROXY = '/usr/sbin/haproxy'
const SENT = 10_000
const skip = missing(HAPROXY, 'haproxy')
const SOURCE = 'format: haproxy, host: api.partner.example, syslog: { udp: PORT }'

/** HAProxy that answers 200 to everything and logs to a syslog port: the configuration of docs/syslog.md. */
async function haproxy(t: Test, into: Receiver): Promise<number> {
  const folder = join(into.folder, 'haproxy')
  await mkdir(folder)
  const port = await freePort()
  await writeFile(
    join(folder, 'haproxy.cfg'),
    `global
  log 127.0.0.1:${into.port} local0
defaults
  mode http
  log global
  option httplog
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend api
  bind 127.0.0.1:${port}
  http-request return status 200
`,
  )
  const { said } = run(t, HAPROXY, ['-db', '-f', join(folder, 'haproxy.cfg')])
  await reachable(port, said)
  return port
}

t.test('every datagram of HAProxy is a call, or counted as lost', { skip }, async t => {
  const into = await receiver(t, SOURCE, 'path')
  const port = await haproxy(t, into)
  t.equal(await requestOrders(port, 0, SENT, 0), SENT)
  const stored = await into.finish(SENT)
  t.comment(`HAProxy, UDP: ${JSON.stringify({ sent: SENT, ...stored })}`)
  t.equal(stored.distinct, stored.calls, 'none twice')
  t.equal(stored.tallied, stored.calls)
  t.equal(stored.calls + stored.full, SENT)
})

t.test(
  'while the process is killed and started again HAProxy loses what it sends, and nothing counts twice',
  { skip },
  async t => {
    const into = await receiver(t, SOURCE, 'path')
    const port = await haproxy(t, into)
    const requesting = requestOrders(port, 0, SENT, 30)
    await delay(800)
    await into.killOnce()
    t.equal(await requesting, SENT)
    const stored = await into.finish(SENT)
    t.comment(`HAProxy, UDP, killed once: ${JSON.stringify({ sent: SENT, ...stored, lost: SENT - stored.distinct })}`)
    t.equal(stored.distinct, stored.calls, 'none twice')
    t.equal(stored.tallied, stored.calls)
    t.ok(stored.calls > 0 && stored.calls <= SENT)
  },
)
