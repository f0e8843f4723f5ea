import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { productionCrash } from './production-crash.ts'

t.test(
  'with two collectors, two stores, Kafka and ClickHouse killed 60 times and stopped, every acknowledged call is counted once in every table',
  { timeout: 600_000 },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-crash-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const result = await productionCrash({
      folder,
      most: 400,
      kills: 60,
      poisoned: 12,
      seed: 5,
      say: () => {},
      skip: reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}),
    })
    if (result === undefined) return
    const stored = result.sent - result.poison
    t.strictSame(
      result.sums,
      {
        calls: stored,
        distinct: stored,
        usage_daily: stored,
        usage_ever: stored,
        consumers_daily: stored,
        headers_daily: stored,
        identities_seen: result.withKey,
        tallies: stored,
        dead_tallies: result.poison,
        other_tallies: 0,
      },
      result.errors,
    )
    t.ok(result.kills >= 60, `${result.kills} times SIGKILL`)
    t.equal(result.dead, result.poison, 'what no table takes stands on the dead topic, each origin once')
    t.ok(result.naive.rows > result.naive.distinct, 'the consumer people write counts some twice in the same run')
    t.comment(JSON.stringify({ ...result, errors: undefined }))
  },
)
