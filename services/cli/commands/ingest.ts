import { createLog } from '../../platform/log.ts'
import { startCollect } from '../../production/collect.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun, portFlag } from '../run-config.ts'
import { untilStopped } from '../until-stopped.ts'

export const ingest: Command = {
  name: 'ingest',
  summary: 'production: takes logs, writes blocks to Kafka; as many as wanted',
  usage: `lastcall ingest [--config lastcall.yaml] [--data .lastcall] [--host 127.0.0.1] [--port 8080] [--log-level info]

Takes logs on /ingest/{source}, by OTLP and syslog, from files and Kafka topics, as the sources say, and answers once
Kafka has them durably. Needs topic.kafka; the pepper of keys comes from the environment variable that pepper-env names
and is the same for all of them. /readyz is 200 while Kafka takes blocks. SIGTERM stops it gently.

Example
  LASTCALL_PEPPER=… lastcall ingest --config /etc/lastcall/lastcall.yaml --port 8081`,
  options: { 'log-level': { type: 'string' } },
  async run(context) {
    const config = textFlag(context, 'config', 'lastcall.yaml')
    const { catalogue, settings, loaded } = await loadForRun(context, config)
    const log = createLog(textFlag(context, 'log-level', 'info'), 'lastcall-ingest')
    const running = await startCollect({
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
