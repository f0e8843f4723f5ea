import { LcError } from '../../domain/errors.ts'
import type { Command } from '../command.ts'
import { configFiles, tokenPlaces, writeDigests } from '../token-places.ts'

export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'takes a token away, named by the beginning of its digest',
  usage: `lastcall token revoke DIGEST-PREFIX [--config lastcall.yaml]

Removes the digest wherever it stands in the configuration. At least eight characters, and enough to name one token.
A running Last Call refuses the token within seconds.

Example
  lastcall token revoke 1f3870be`,
  options: {},
  async run(context) {
    const [prefix = '', ...more] = context.positionals
    if (!/^[0-9a-f]{8,64}$/.test(prefix) || more.length > 0)
      throw new LcError(
        'LC_CLI_FLAGS',
        'A token is named by the beginning of its digest.',
        'Give at least eight of its hex characters; `lastcall token list` shows them.',
        2,
      )
    const places = await tokenPlaces(await configFiles(context))
    const found = new Set(places.flatMap(({ digests }) => digests.filter(digest => digest.startsWith(prefix))))
    const [digest] = found
    if (digest === undefined || found.size > 1)
      throw new LcError(
        'LC_TOKEN_UNKNOWN',
        `${found.size === 0 ? 'No digest' : `${found.size} digests`} in the configuration begin${found.size === 0 ? 's' : ''} with ${prefix}.`,
        'See `lastcall token list`; give as many characters as name one.',
        2,
      )
    for (const place of places) {
      if (!place.digests.includes(digest)) continue
      const left = place.digests.filter(one => one !== digest)
      await writeDigests(place, left)
      context.stderr(`revoked ${digest} in ${place.file} (${place.name})\n`)
      if (left.length === 0 && place.name.startsWith('source '))
        context.stderr(`${place.name} has no token of its own now: this machine and access.ingest may send to it\n`)
    }
    return 0
  },
}
