import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { defaultSource, openCatalogue } from '../../services/config/open-catalogue.ts'
import type { Catalogue } from '../../services/domain/catalogue.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { Collector } from '../collect/collector.ts'
import { createKeyDigest } from '../normalise/key-digest.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { followFiles } from './followed-files.ts'
import { topicPositions } from './sent-position.ts'

t.test(
  'lines of a followed file are read as the configuration in force says, not as the one it began with',
  async t => {
    const folder = t.testdir()
    const path = join(folder, 'access.log')
    const line = '192.0.2.1 - - [27/Nov/2025:10:00:00 +0000] "GET /v1/orders/7 HTTP/1.1" 200 5 "-" "agent/1"\n'
    const sourceOf = (format: string) => ({ ...defaultSource('web'), format, file: { path } })
    const reading = (format: string): Catalogue => ({
      ...openCatalogue(),
      revision: format,
      sources: new Map([['web', sourceOf(format)]]),
    })
    const topic = await openSqliteTopic({ folder, clock: systemClock, partitions: 1 })
    const told: string[] = []
    const collector = new Collector({
      topic,
      catalogue: reading('nginx-json'),
      digest: createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] }),
      onPart: (_source, tally) => {
        for (const { outcome, reason } of tally.tallies(0)) told.push(reason === '' ? outcome : `${outcome} ${reason}`)
      },
    })
    const seen = async (parts: number): Promise<void> => {
      for (let tries = 0; tries < 500 && told.length < parts; tries += 1) await delay(10)
    }
    await writeFile(path, line)
    const stop = new AbortController()
    const following = followFiles(
      sourceOf('nginx-json'),
      {
        ...{ collector, clock: systemClock, log: silentLog, folder: join(folder, 'followed'), pollMs: 10 },
        positions: topicPositions(key => topic.positionOf(key)),
      },
      stop.signal,
    )
    await seen(1)
    collector.useCatalogue(reading('nginx-combined'))
    await appendFile(path, line)
    await seen(2)
    stop.abort()
    await following
    await topic.close()
    t.strictSame(told, ['unparsed unknown-format', 'call'])
  },
)
