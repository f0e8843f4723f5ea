import { existsSync } from 'node:fs'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { certificates } from '../../ingest/door/syslog.fixture.ts'
import { missing, type Receiver, receiver, run } from './syslog-senders.fixture.ts'

// Debian refuses rsyslog beside syslog-ng: then it stands unpacked (dpkg -x) under /opt/rsyslog.
const ROOT = existsSync('/usr/sbin/rsyslogd') ? '' : '/opt/rsyslog'
const RSYSLOGD = `${ROOT}/usr/sbin/rsyslogd`
const MODULES = `${ROOT}/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/rsyslog`
const SENT = 10_000
const skip = missing(RSYSLOGD, 'rsyslog rsyslog-openssl')
const TCP = 'format: nginx-json, syslog: { tcp: PORT }'
const TLS =
  'format: nginx-json, syslog: { tls: PORT, cert-file: server.pem, key-file: server.key, client-ca-file: ca.pem }'

/** rsyslog that follows a file and forwards its lines: the configuration of docs/syslog.md. Returns the file. */
async function rsyslog(t: Test, into: Receiver, secure: boolean): Promise<string> {
  const folder = join(into.folder, 'rsyslog')
  await mkdir(folder)
  const file = join(folder, 'access.json')
  await writeFile(file, '')
  const tls = `DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="${into.folder}/ca.pem"
  DefaultNetstreamDriverCertFile="${into.folder}/client.pem" DefaultNetstreamDriverKeyFile="${into.folder}/client.key"`
  await writeFile(
    join(folder, 'rsyslog.conf'),
    `global(workDirectory="${folder}" maxMessageSize="64k" ${secure ? tls : ''})
module(load="imfile")
input(type="imfile" File="${file}" Tag="nginx:" Severity="info" Facility="local7")
action(type="omfwd" Target="127.0.0.1" Port="${into.port}" Protocol="tcp" TCP_Framing="octet-counted"
  Template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1" action.resumeInterval="1"
  queue.type="LinkedList" queue.size="100000"
  ${secure ? 'StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"' : ''})
`,
  )
  run(t, RSYSLOGD, ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid'), '-M', MODULES])
  await delay(500)
  return file
}

async function write(file: string, pauseMs: number): Promise<void> {
  for (let first = 0; first < SENT; first += 100) {
    await appendFile(file, Array.from({ length: 100 }, (_, index) => line(first + index)).join(''))
    if (pauseMs > 0) await delay(pauseMs)
  }
}

const line = (number: number): string =>
  `${JSON.stringify({
    msec: (Date.now() / 1000).toFixed(3),
    request_id: `rsyslog-${number}`,
    method: 'GET',
    host: 'api.partner.example',
    request_uri: `/v1/orders/${number}`,
    status: '200',
    ua: 'agent/1',
  })}\n`

for (const [name, source, secure] of [
  ['TCP, octet-counted', TCP, false],
  ['mutual TLS, octet-counted', TLS, true],
] as const) {
  const receive = (t: Test) =>
    receiver(t, source, 'request_id', secure ? async folder => certificates(folder) : undefined)

  t.test(`rsyslog over ${name}: every line is there once`, { skip }, async t => {
    const into = await receive(t)
    await write(await rsyslog(t, into, secure), 0)
    const stored = await into.finish(SENT)
    t.comment(`rsyslog, ${name}: ${JSON.stringify({ sent: SENT, ...stored })}`)
    t.match(stored, { calls: SENT, distinct: SENT, tallied: SENT })
  })

  t.test(
    `rsyslog over ${name}, the process killed and started again: what was received is accounted for`,
    { skip },
    async t => {
      const into = await receive(t)
      const writing = write(await rsyslog(t, into, secure), 30)
      await delay(1_200)
      await into.killOnce()
      await writing
      const stored = await into.finish(SENT)
      const seen = { sent: SENT, ...stored, lost: SENT - stored.distinct, doubled: stored.calls - stored.distinct }
      t.comment(`rsyslog, ${name}, killed once: ${JSON.stringify(seen)}`)
      t.equal(stored.tallied, stored.calls)
      t.ok(stored.distinct > SENT / 2, 'it goes on by itself once we are back')
    },
  )
}
