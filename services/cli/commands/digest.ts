import { join } from 'node:path'
import { keyIn } from '../../../ingest/normalise/credential.ts'
import { LcError } from '../../domain/errors.ts'
import { tokenDigest } from '../../platform/access.ts'
import { type Command, textFlag } from '../command.ts'
import { openDigest } from '../offline-digest.ts'

export const digest: Command = {
  name: 'digest',
  summary: 'a key on stdin becomes its consumer id; --token: a token its digest for lastcall.yaml',
  usage: `lastcall digest --realm kong [--data .lastcall | --pepper-file F]   reads one key a line on stdin
lastcall digest --token                                             reads one token a line on stdin

A key never stands in Last Call's data: only its HMAC under this installation's pepper does. This prints the consumer
id under which calls with a key are stored, for customers.csv. With --token it prints the digest of a token for
access.ingest, access.read or a source's tokens.

Example
  printf %s "$API_KEY" | lastcall digest --realm kong`,
  options: { realm: { type: 'string' }, token: { type: 'boolean' }, 'pepper-file': { type: 'string' } },
  async run(context) {
    const lines = await linesOf(context.stdin)
    if (lines.length === 0)
      throw new LcError(
        'LC_CLI_STDIN',
        'Nothing came on standard input.',
        'printf %s "$API_KEY" | lastcall digest --realm kong',
        2,
      )
    if (context.values.token === true) {
      for (const line of lines) context.stdout(`${tokenDigest(line)}\n`)
      return 0
    }
    const realm = textFlag(context, 'realm')
    if (realm === undefined)
      throw new LcError(
        'LC_CLI_FLAGS',
        'A key means something in one realm only.',
        'Name it: --realm (a source’s realm; by default the source’s id).',
        2,
      )
    const keys = await openDigest(
      textFlag(context, 'pepper-file') ?? join(textFlag(context, 'data', '.lastcall'), 'pepper'),
    )
    for (const line of lines) context.stdout(`${realm}:key:${keys.digest(keyIn(line, ''))}\n`)
    return 0
  },
}

const MOST_BYTES = 1_048_576

async function linesOf(stdin: AsyncIterable<Buffer>): Promise<string[]> {
  let text = ''
  for await (const chunk of stdin) {
    text += chunk.toString('utf8')
    if (text.length > MOST_BYTES)
      throw new LcError('LC_CLI_STDIN', 'More than 1 MiB came on standard input.', 'One key a line, please.', 2)
  }
  return text.split(/\r?\n/).filter(line => line !== '')
}
