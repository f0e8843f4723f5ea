import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { text } from '../../services/platform/clickhouse-rows.ts'
import { SENDERS, type Sender } from '../contract/senders-table.ts'
import { logLine } from '../crash/senders.ts'
import { UpProcess } from '../crash/up-process.ts'
import { sendAs } from './http-double.ts'
import { POLICIES, type Policy } from './http-policies.ts'
import { freePort } from './otel-collector.fixture.ts'

const LONG = process.env.LASTCALL_LONG === '1'
const [LINES, KILLS, OVER_MS] = LONG ? [10_000, 4, 60_000] : [1_500, 2, 12_000]
/** Each kill strikes in a phase of its own; the next one begins when we are back, however long that took. */
const PHASE_MS = OVER_MS / (KILLS + 1)
const TOKEN = 'lct_fake-token-of-a-test'

const nameOf = ({ sender, variant }: Policy): string => (variant === '' ? sender : `${sender}, ${variant}`)

function senderOf({ sender }: Policy): Sender {
  const found = SENDERS.find(({ name }) => name === sender)
  if (found === undefined) throw new Error(`${sender} is not in the contract's table`)
  return found
}

/** The same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

t.test(
  'doubles of senders, each with its documented repeats, while Last Call is killed: nothing twice, and lost is only what they give up',
  { timeout: 600_000 },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-doubles-'))
    const [config, data, port] = [join(folder, 'lastcall.yaml'), join(folder, 'data'), await freePort()]
    const sources = POLICIES.map(
      (_, n) => `  - { id: p${n}, format: auto, realm: one, tokens: [ ${tokenDigest(TOKEN)} ] }`,
    )
    await writeFile(
      config,
      `sources:\n${sources.join('\n')}\napis:\n  - { id: partner, policy: scale, hosts: [api.partner.example] }\n`,
    )
    const up = new UpProcess(['--config', config, '--data', data, '--port', String(port)])
    t.teardown(async () => {
      await up.kill()
      await rm(folder, { recursive: true, force: true })
    })
    await up.start()

    const now = Date.now()
    const records = (n: number): ReadonlyMap<string, string> =>
      new Map(
        Array.from({ length: LINES }, (_, line) => {
          const number = n * LINES + line
          return [`request-${number}`, logLine(number, now)]
        }),
      )
    const phases = Array.from({ length: KILLS + 1 }, () => Promise.withResolvers<number>())
    async function due(n: number): Promise<void> {
      const at = (n * (KILLS + 1)) / LINES
      const began = await phases[Math.floor(at)]?.promise
      const early = (began ?? 0) + (at - Math.floor(at)) * PHASE_MS - performance.now()
      if (early > 0) await delay(early)
    }
    const doubles = POLICIES.map((policy, n) =>
      sendAs({
        policy,
        sender: senderOf(policy),
        url: `http://127.0.0.1:${port}`,
        source: `p${n}`,
        token: TOKEN,
        records: records(n),
        random: randomOf(n + 1),
        due,
      }),
    )
    for (const [phase, { resolve }] of phases.entries()) {
      resolve(performance.now())
      if (phase === KILLS) break
      await delay(PHASE_MS / 3)
      await up.kill()
      await up.start()
    }
    const sent = await Promise.all(doubles)
    await settled(`${up.url}/api/v1/totals`)
    await up.kill('SIGTERM')

    const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
    for (const [n, policy] of POLICIES.entries()) {
      const name = nameOf(policy)
      const { accepted, givenUp, failed } = sent[n] ?? { accepted: 0, givenUp: new Set<string>(), failed: 0 }
      const rows = await clickhouse.query(
        `SELECT request_id AS id FROM calls WHERE source = {source:String}`,
        { source: `p${n}` },
        { id: text },
      )
      const stored = new Set(rows.map(({ id }) => id))
      const lost = [...records(n).keys()].filter(id => !stored.has(id))
      const doubled = rows.length - stored.size
      t.comment(
        `${name}: ${LINES} lines, ${failed} failed attempts, given up ${givenUp.size} (${givenUp.size - lost.length} of them stored all the same), lost ${lost.length}, doubled ${doubled}`,
      )
      t.ok(failed > 0, `${name} met a kill`)
      t.equal(accepted + givenUp.size, LINES, `${name}: each record was answered 200 or given up`)
      t.same(
        lost.filter(id => !givenUp.has(id)),
        [],
        `${name}: nothing is lost that it did not give up`,
      )
      if (policy.again !== 'regrouped') t.equal(doubled, 0, `${name}: nothing is there twice`)
      if (policy.attempts === Number.POSITIVE_INFINITY && policy.again !== 'last')
        t.equal(lost.length, 0, `${name}: all of it is there`)
    }
    await clickhouse.close()
  },
)

/** Resolves when the number of calls stays what it is. */
async function settled(url: string): Promise<void> {
  for (let before = -1, still = 0; still < 8; ) {
    await delay(500)
    const { total } = (await (await fetch(url)).json()) as { total: number }
    still = total === before ? still + 1 : 0
    before = total
  }
}
