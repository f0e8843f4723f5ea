import { startEmbedded } from '../../embedded/embedded.ts'
import { createLog } from '../../platform/log.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun, portFlag } from '../run-config.ts'
import { untilStopped } from '../until-stopped.ts'

export const up: Command = {
  name: 'up',
  summary: 'everything in one process on your lastcall.yaml (embedded)',
  usage: `lastcall up [--config lastcall.yaml] [--data .lastcall] [--host 127.0.0.1] [--port 8080] [--log-level info]

Takes logs on /ingest/{source}, follows the files of the sources, stores calls, answers questions and shows the board,
all in one process with its data in one folder. One line of JSON on stdout says when it is ready. SIGTERM stops it
gently: uploads under way are finished first. The configuration is read again when it changes.

Example
  lastcall up --config lastcall.yaml --data /var/lib/lastcall`,
  options: { 'log-level': { type: 'string' } },
  async run(context) {
    const config = textFlag(context, 'config', 'lastcall.yaml')
    const { catalogue, settings, loaded } = await loadForRun(context, config)
    const log = createLog(textFlag(context, 'log-level', 'info'), 'lastcall')
    const running = await startEmbedded({
      catalogue,
      settings,
      watch: { file: config, loaded },
      data: textFlag(context, 'data', '.lastcall'),
      host: textFlag(context, 'host', settings.listen.host),
      port: portFlag(context, settings.listen.port),
      clock: context.clock,
      environment: context.environment,
      notifyEveryMs: 300_000,
      log,
    })
    return untilStopped(context, running, log)
  },
}
