import { didYouMean } from '../did-you-mean.ts'
import type { Rule } from '../draft.ts'
import { warning } from '../findings.ts'

/** A consumer whose realm no source has will never be seen: its customer would look as if it had moved. */
export const consumerRealm: Rule = draft => {
  const realms = new Set(['auto', ...draft.sources.map(({ source }) => source.realm)])
  return draft.claims.flatMap(({ consumer, place }) => {
    const realm = consumer.slice(0, consumer.indexOf(':'))
    if (realms.has(realm)) return []
    return [
      warning(
        place,
        'LC_CONSUMER_REALM',
        `no source has the realm "${realm}".${didYouMean(realm, realms)}`,
        'Begin the consumer id with the realm of the source that sees it.',
      ),
    ]
  })
}
