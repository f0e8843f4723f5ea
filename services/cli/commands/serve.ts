import { createLog } from '../../platform/log.ts'
import { startServe } from '../../production/serve.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun, portFlag } from '../run-config.ts'
import { untilStopped } from '../until-stopped.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'production: the API and the board',
  usage: `lastcall serve [--config lastcall.yaml] [--data .lastcall] [--host 127.0.0.1] [--port 8080] [--log-level info]

Answers questions from ClickHouse and shows the board and the ledger of letters in the data folder, which it shares
with lastcall notify. Stores nothing and sends nothing. Needs clickhouse; a user who may only read is enough.

Example
  lastcall serve --config /etc/lastcall/lastcall.yaml --data /var/lib/lastcall --port 8080`,
  options: { 'log-level': { type: 'string' } },
  async run(context) {
    const config = textFlag(context, 'config', 'lastcall.yaml')
    const { catalogue, settings, loaded } = await loadForRun(context, config)
    const log = createLog(textFlag(context, 'log-level', 'info'), 'lastcall-serve')
    const running = await startServe({
      catalogue,
      settings,
      watch: { file: config, loaded },
      data: textFlag(context, 'data', '.lastcall'),
      host: textFlag(context, 'host', settings.listen.host),
      port: portFlag(context, settings.listen.port),
      clock: context.clock,
      environment: context.environment,
      log,
    })
    return untilStopped(context, running, log)
  },
}
