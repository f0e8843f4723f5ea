import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import type { KafkaSettings } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { freePorts } from '../../test/broker/ports.ts'
import { block, consume, until } from '../../test/contract/topic-tools.ts'
import { openKafkaTopic } from './kafka-topic.ts'

const PASSWORD = 'not-a-secret'
const folder = t.testdir()
const [port = 0] = await freePorts(1)
const certificate = await makeCertificate().catch(() => undefined)
const cluster = await startCluster(
  {
    clientPort: port,
    properties: secured(),
    format: ['--add-scram', `SCRAM-SHA-512=[name=lastcall,password=${PASSWORD}]`],
  },
  reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}),
)
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  const scram = { mechanism: 'scram-sha-512', username: 'lastcall', password: PASSWORD } as const
  for (const sasl of [
    { ...scram, mechanism: 'plain' },
    scram,
    { mechanism: 'oauthbearer', token: async () => unsignedToken() },
  ] as const) {
    t.test(`blocks go over TLS to who is known by ${sasl.mechanism}`, async t => {
      const topic = await open(t, { sasl })
      await topic.append(0, [block('a')])
      const { seen, stop } = await consume(topic)
      await until('the block', () => seen.blocks.length === 1)
      await stop()
      t.same(seen.names(), ['a'])
    })
  }
  for (const mechanism of ['plain', 'scram-sha-512'] as const) {
    t.test(`a wrong password (${mechanism}) is not accepted, and the topic says that it does not accept`, async t => {
      const topic = await open(t, { sasl: { mechanism, username: 'lastcall', password: 'wrong' } })
      t.equal(topic.accepts(), false)
      await t.rejects(topic.append(0, [block('a')]), { code: 'LC_TOPIC_DOWN' })
    })
  }
  t.test('a broker whose certificate no known authority signed is not spoken to', async t => {
    const topic = await open(t, { tls: true, sasl: scram })
    t.equal(topic.accepts(), false)
    await t.rejects(topic.ends(), { code: 'LC_TOPIC_DOWN' })
  })
}

async function open(t: Test, over: Partial<KafkaSettings>) {
  const kafka = { brokers: [`localhost:${port}`], clientId: 'test', tls: { ca: certificate ?? '' }, ...over }
  const name = `calls-${randomUUID()}`
  const topic = await openKafkaTopic({
    kafka,
    clock: systemClock,
    log: silentLog,
    partitions: 1,
    topic: name,
    group: name,
    openMs: 2_500,
    gatherMs: 5,
    sessionMs: 6_000,
  })
  t.teardown(() => topic.close())
  return topic
}

/** A self-signed certificate for localhost, by Java's own tool. */
async function makeCertificate(): Promise<string> {
  const run = promisify(execFile)
  const store = ['-keystore', join(folder, 'broker.p12'), '-storepass', PASSWORD, '-alias', 'broker']
  await run('keytool', [
    '-genkeypair',
    ...store,
    '-storetype',
    'PKCS12',
    '-keyalg',
    'EC',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=dns:localhost',
    '-validity',
    '2',
  ])
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', join(folder, 'broker.pem')])
  return readFile(join(folder, 'broker.pem'), 'utf8')
}

/** A second listener for clients: TLS, three mechanisms. The first stays for the broker itself. */
function secured(): Record<string, string | number> {
  const module = 'org.apache.kafka.common.security'
  const client = 'listener.name.client'
  return {
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL',
    [`${client}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-512,OAUTHBEARER',
    [`${client}.plain.sasl.jaas.config`]: `${module}.plain.PlainLoginModule required user_lastcall="${PASSWORD}";`,
    [`${client}.scram-sha-512.sasl.jaas.config`]: `${module}.scram.ScramLoginModule required;`,
    [`${client}.oauthbearer.sasl.jaas.config`]: `${module}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    [`${client}.ssl.keystore.location`]: join(folder, 'broker.p12'),
    [`${client}.ssl.keystore.password`]: PASSWORD,
    [`${client}.ssl.keystore.type`]: 'PKCS12',
  }
}

/** An unsigned bearer token (RFC 7515 §6), as the broker's own test validator takes it. */
function unsignedToken(): string {
  const seconds = Math.floor(systemClock.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: 'lastcall', iat: seconds, exp: seconds + 600 })}.`
}
