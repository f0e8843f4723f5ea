import t from 'tap'
import { embeddedCrash } from './embedded-crash.ts'

t.test(
  'every acknowledged call is counted once in every table, while the process is killed again and again',
  { timeout: 240_000 },
  async t => {
    const result = await embeddedCrash({
      folder: t.testdir({}),
      kills: 10,
      most: 500,
      rotateBytes: 1_500_000,
      say: () => {},
    })
    const all = result.sent
    t.strictSame(result.sums, {
      calls: all,
      distinct: all,
      usage_daily: all,
      usage_ever: all,
      consumers_daily: all,
      headers_daily: all,
      identities_seen: result.withKey,
      tallies: all,
      dead_tallies: 0,
      other_tallies: 0,
    })
    t.ok(result.rotations > 0, 'the followed file was rotated on the way')
    t.equal(result.kills, 10)
    t.comment(JSON.stringify({ ...result, errors: undefined }))
  },
)
