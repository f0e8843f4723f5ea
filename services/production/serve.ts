import { join } from 'node:path'
import { openLedger } from '../../notifier/ledger/open.ts'
import { LEDGER_FILE } from '../../notifier/ledger/schema.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { startTelemetry } from '../platform/telemetry.ts'
import { inTime } from '../process/in-time.ts'
import { listen } from '../process/listen.ts'
import { observeStandings } from '../process/observe.ts'
import { questions } from '../process/questions.ts'
import { statusApp } from '../process/status-app.ts'
import { repeat, watching } from '../process/watching.ts'
import { clickHouseOf, type PartOptions, type RunningPart, startPart } from './part.ts'

const PING_EVERY_MS = 5_000

/** `lastcall serve`: the API and the board. Asks ClickHouse and appends to the ledger; stores no call and sends no letter. */
export function startServe(options: PartOptions): Promise<RunningPart> {
  const { settings, clock, log, environment, data } = options
  let { catalogue } = options
  let { access } = settings
  return startPart(options, async lifecycle => {
    const telemetry = startTelemetry('lastcall-serve', environment, log)
    lifecycle.started('telemetry', () => telemetry.stop())
    const clickhouse = await openClickHouse(clickHouseOf(options, 'reader'))
    lifecycle.started('clickhouse', () => clickhouse.close())
    const ledger = openLedger(join(data, LEDGER_FILE))
    lifecycle.started('ledger', () => ledger.close())
    const stopped = new AbortController()
    let answers = true
    const app = await statusApp({
      readTokens: () => access.read,
      log,
      telemetry,
      notReady: () => [
        ...(stopped.signal.aborted ? ['stopping'] : []),
        ...(answers ? [] : ['ClickHouse does not answer']),
      ],
    })
    const { standings } = questions({ app, catalogue: () => catalogue, clickhouse, ledger, clock })
    observeStandings(standings, clock)
    const url = await listen(app, options.host, options.port, settings.access)
    lifecycle.started('http', () => app.close())
    watching(options.watch, {
      clock,
      environment,
      log,
      signal: stopped.signal,
      onGood(good) {
        catalogue = good.catalogue
        access = good.settings.access
      },
    })
    const asked = inTime(() => clickhouse.command('SELECT 1').then(() => true), clock)
    const ping = async (): Promise<void> => {
      answers = (await asked()) ?? false
    }
    const pinging = repeat(ping, PING_EVERY_MS, clock, stopped.signal)
    lifecycle.started('readiness', async () => {
      stopped.abort()
      await pinging
    })
    return url
  })
}
