import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { startCluster } from '../broker/cluster.ts'
import { ServiceProcess } from '../crash/service-process.ts'
import { refused, send, taken } from './sender-answers.ts'
import { good, SENDERS } from './senders-table.ts'

const TOKEN = 'lct_fake-token-of-a-test'
const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-away-'))
  const config = join(folder, 'lastcall.yaml')
  await writeFile(
    config,
    `topic: { partitions: 2, kafka: { brokers: ["${cluster.addresses[0]}"] } }
sources:
${SENDERS.map((_, n) => `  - { id: s${n}, format: auto, realm: one, tokens: [ ${tokenDigest(TOKEN)} ] }`).join('\n')}
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example] }
`,
  )
  const ingest = new ServiceProcess('ingest', ['--config', config, '--data', join(folder, 'data'), '--port', '0'], {
    LASTCALL_PEPPER: 'fake-pepper-of-a-test-'.repeat(2),
  })
  t.teardown(async () => {
    await ingest.kill()
    await rm(folder, { recursive: true, force: true })
  })
  await ingest.start()

  t.test('every sender hears 503 and when to come again while Kafka is away, and 200 when it is back', async t => {
    await cluster.brokers[0]?.kill()
    const bodies = SENDERS.map(sender => sender.body([good()]))
    const send503 = (n: number) => send(ingest.url, SENDERS[n] ?? fail(), `s${n}`, bodies[n] ?? Buffer.alloc(0), TOKEN)
    const away = await Promise.all(SENDERS.map((_, n) => send503(n)))
    for (const [n, sender] of SENDERS.entries()) {
      const answer = away[n]
      if (answer === undefined) t.fail(sender.name)
      else refused(t, sender, answer, 503, 'LC_INGEST_BUSY')
    }
    await cluster.brokers[0]?.start()
    for (const [n, sender] of SENDERS.entries()) {
      let answer = await send503(n)
      for (let tries = 0; tries < 60 && answer.response.status === 503; tries += 1) {
        await new Promise(resolve => setTimeout(resolve, 500))
        answer = await send503(n)
      }
      taken(t, sender, answer, { lines: 1, calls: 1 })
    }
  })
}

function fail(): never {
  throw new Error('no such sender')
}
