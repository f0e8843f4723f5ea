import { stat } from 'node:fs/promises'
import { importFile, importStream } from '../../../ingest/door/import-file.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, textFlag } from '../command.ts'
import { Progress } from '../progress.ts'
import { withService } from '../service.ts'

export const importFiles: Command = {
  name: 'import',
  summary: 'log files into the store, as history; a file twice counts once',
  usage: `lastcall import FILE… [--source auto] [--data .lastcall | --url http://127.0.0.1:8080] [--token-file F] [--json]

Reads log files (plain, .gz, .zst, - for standard input) into the store. A file is known by its contents: importing it
again within 90 days adds nothing, also after an import that was cut. Standard input is not: each run counts, and what
is under way when it is killed is lost. A pipe that never ends is stored as it flows. While lastcall runs on the data folder, that process takes the
lines; otherwise one is started for the time of the import.

Example
  lastcall import /var/log/nginx/access.log.*.gz --source web-1
  journalctl -fu gateway -o cat | lastcall import - --source gateway`,
  options: { source: { type: 'string' }, 'token-file': { type: 'string' } },
  async run(context) {
    if (context.positionals.length === 0)
      throw new LcError(
        'LC_CLI_FLAGS',
        'No file was named.',
        'lastcall import access.log --source web-1, or - for standard input',
        2,
      )
    const sizes = await Promise.all(
      context.positionals.map(path =>
        stat(path).then(
          found => found.size,
          () => 0,
        ),
      ),
    )
    const progress = new Progress(
      context,
      'importing',
      sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0),
    )
    const total = { lines: 0, calls: 0, unparsed: 0, dropped: {} as Record<string, number> }
    await withService(context, async service => {
      let before = 0
      for (const [index, path] of context.positionals.entries()) {
        const source = textFlag(context, 'source', 'auto')
        const onProgress = (bytes: number): void => progress.at(before + bytes, path)
        const receipt = await (path === '-'
          ? importStream(context.stdin, source, service, onProgress)
          : importFile(path, source, service, onProgress))
        before += sizes[index] ?? 0
        total.lines += receipt.lines
        total.calls += receipt.calls
        total.unparsed += receipt.unparsed
        for (const [reason, lines] of Object.entries(receipt.dropped))
          total.dropped[reason] = (total.dropped[reason] ?? 0) + lines
      }
    })
    progress.end()
    const dropped = Object.entries(total.dropped).map(([reason, lines]) => ` + ${lines} dropped (${reason})`)
    context.stdout(
      context.values.json === true
        ? `${JSON.stringify(total)}\n`
        : `${total.lines} lines = ${total.calls} calls + ${total.unparsed} unparsed${dropped.join('')}\n`,
    )
    return 0
  },
}
