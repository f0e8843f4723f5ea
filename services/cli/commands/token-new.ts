import { LcError } from '../../domain/errors.ts'
import { newToken, tokenDigest } from '../../platform/access.ts'
import type { Command, CommandContext } from '../command.ts'
import { configFiles, type TokenPlace, tokenPlaces, writeDigests } from '../token-places.ts'

export const tokenNew: Command = {
  name: 'token new',
  summary: 'makes a token for a source, for all sources (--ingest) or for reading (--read)',
  usage: `lastcall token new SOURCE [--config lastcall.yaml] [--json]
lastcall token new --ingest | --read

Prints a fresh random token once on stdout and writes its SHA-256 digest into the configuration, into the file in which
the source stands; comments stay. The token itself is kept nowhere. A running Last Call takes the change over within
seconds. A source with tokens takes only those, also from this machine.

Example
  lastcall token new edge-kong > token.txt`,
  options: { ingest: { type: 'boolean' }, read: { type: 'boolean' } },
  async run(context) {
    const files = await configFiles(context)
    const place = placeOf(context, await tokenPlaces(files))
    const token = newToken()
    const digest = tokenDigest(token)
    await writeDigests(place, [...place.digests, digest])
    if (context.values.json === true) {
      context.stdout(`${JSON.stringify({ token, digest, for: place.name, file: place.file })}\n`)
      return 0
    }
    context.stdout(`${token}\n`)
    context.stderr(`digest ${digest}, written into ${place.file} (${place.name}); the token is shown this once\n`)
    return 0
  },
}

function placeOf(context: CommandContext, places: readonly TokenPlace[]): TokenPlace {
  const { ingest, read } = context.values
  const [source, ...more] = context.positionals
  if ([source !== undefined, ingest === true, read === true].filter(Boolean).length !== 1 || more.length > 0)
    throw new LcError('LC_CLI_FLAGS', 'A token is for one thing.', 'Name a source, or give --ingest or --read.', 2)
  const name = source === undefined ? `access.${ingest === true ? 'ingest' : 'read'}` : `source ${source}`
  const place = places.find(one => one.name === name)
  if (place !== undefined) return place
  const known = places.flatMap(one => (one.name.startsWith('source ') ? one.name.slice(7) : []))
  throw new LcError(
    'LC_TOKEN_SOURCE',
    `No source "${(source ?? '').slice(0, 80)}" is declared.`,
    known.length === 0 ? 'Declare it under `sources:` first.' : `Declared are: ${known.join(', ')}.`,
    2,
  )
}
