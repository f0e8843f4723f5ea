import t from 'tap'
import type { Clock } from '../../services/domain/clock.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { type Test, topicContract } from '../../test/contract/topic.contract.ts'
import { openSqliteTopic, type SqliteTopicOptions } from './sqlite-topic.ts'

topicContract(t, {
  async place(t: Test) {
    const folder = t.testdir()
    return {
      async open({ clockBackMs = 0 } = {}) {
        const clock: Clock = { now: () => systemClock.now() - clockBackMs, sleep: systemClock.sleep }
        return opened(t, { folder, clock, gatherMs: 5 })
      },
    }
  },
})

async function opened(t: Test, options: SqliteTopicOptions) {
  const topic = await openSqliteTopic(options)
  t.teardown(() => topic.close())
  return topic
}
