import { createLog } from '../../platform/log.ts'
import { startStore } from '../../production/store.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun, portFlag } from '../run-config.ts'
import { untilStopped } from '../until-stopped.ts'

export const store: Command = {
  name: 'store',
  summary: 'production: stores blocks from Kafka in ClickHouse, each row once',
  usage: `lastcall store [--accept-moved] [--config lastcall.yaml] [--data .lastcall] [--host 127.0.0.1] [--port 8080] [--log-level info]

Reads the topic as one of a consumer group, at most one useful process a partition, and writes every row once, whatever
is killed when. Brings the tables up to date first (see lastcall migrate). Needs topic.kafka and clickhouse.

  --accept-moved   go on although the group's position moved or blocks expired before they were stored: what is
                   missing is lost, and you say so

Example
  lastcall store --config /etc/lastcall/lastcall.yaml --port 8082`,
  options: { 'log-level': { type: 'string' }, 'accept-moved': { type: 'boolean' } },
  async run(context) {
    const config = textFlag(context, 'config', 'lastcall.yaml')
    const { catalogue, settings, loaded } = await loadForRun(context, config)
    const log = createLog(textFlag(context, 'log-level', 'info'), 'lastcall-store')
    const running = await startStore({
      catalogue,
      settings,
      watch: { file: config, loaded },
      data: textFlag(context, 'data', '.lastcall'),
      host: textFlag(context, 'host', settings.listen.host),
      port: portFlag(context, settings.listen.port),
      clock: context.clock,
      environment: context.environment,
      log,
      acceptMoved: context.values['accept-moved'] === true,
    })
    return untilStopped(context, running, log)
  },
}
