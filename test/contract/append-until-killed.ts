import { openSqliteTopic } from '../../ingest/topic/sqlite-topic.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { block } from './topic-tools.ts'

/** Appends numbered blocks to the folder given, prints how many are acknowledged; runs until it is killed. */
const [folder = '', from = '0'] = process.argv.slice(2)
const topic = await openSqliteTopic({ folder, clock: systemClock })
for (let next = Number(from); ; next++) {
  await topic.append(0, [
    block(`block ${next}`, 50, [
      { key: 'file', part: (next + 1) * 10, from: next * 10, of: 0, first: 0, rows: 50, tallies: [] },
    ]),
  ])
  process.stdout.write(`${next + 1}\n`)
}
