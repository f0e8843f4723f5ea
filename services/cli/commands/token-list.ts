import type { Command } from '../command.ts'
import { configFiles, tokenPlaces } from '../token-places.ts'

export const tokenList: Command = {
  name: 'token list',
  summary: 'which tokens may send or read, by their digests',
  usage: `lastcall token list [--config lastcall.yaml] [--json]

One line a token: what it is for, its SHA-256 digest, the file it stands in. Tokens themselves are kept nowhere.

Example
  lastcall token list`,
  options: {},
  async run(context) {
    const places = await tokenPlaces(await configFiles(context))
    const tokens = places.flatMap(({ name, file, digests }) => digests.map(digest => ({ for: name, digest, file })))
    if (context.values.json === true) context.stdout(`${JSON.stringify(tokens)}\n`)
    else for (const one of tokens) context.stdout(`${one.for}  ${one.digest}  ${one.file}\n`)
    if (tokens.length === 0) context.stderr('no tokens: only this machine may send and read\n')
    return 0
  },
}
