import { explainLine } from '../../../ingest/explain/explain-line.ts'
import { RecordSplitter } from '../../../ingest/records/split.ts'
import { type Command, textFlag } from '../command.ts'
import { openDigest } from '../offline-digest.ts'
import { loadCatalogueFor, offlineSource } from '../offline-source.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'why is my line (not) counted: the format, every field, the match, or the rule that dropped it',
  usage: `lastcall explain [--format auto] [--catalogue lastcall.yaml] [--source ID] [--host NAME] [--json]   < lines

Reads log lines on standard input and shows for each the format found, every field as it would be stored, the
operation it matched and the templates that lost, or what dropped it and which key of lastcall.yaml changes that.
Nothing is stored; keys are shown as digests only.

Example
  tail -n 1 access.log | lastcall explain --catalogue lastcall.yaml`,
  options: {
    format: { type: 'string' },
    catalogue: { type: 'string' },
    source: { type: 'string' },
    'pepper-file': { type: 'string' },
    'key-header': { type: 'string' },
  },
  async run(context) {
    const catalogue = await loadCatalogueFor(context)
    const source = offlineSource(context, catalogue)
    const digest = await openDigest(textFlag(context, 'pepper-file'))
    const splitter = new RecordSplitter()
    const drain = (): void => {
      for (let record = splitter.read(); record !== undefined; record = splitter.read()) {
        for (const explanation of explainLine(record, { catalogue, source, digest, received: context.clock.now() })) {
          context.stdout(
            context.values.json === true ? `${JSON.stringify(explanation.data)}\n` : `${explanation.text}\n`,
          )
        }
      }
    }
    for await (const chunk of context.stdin) {
      splitter.push(chunk)
      drain()
    }
    splitter.end()
    drain()
    return 0
  },
}
