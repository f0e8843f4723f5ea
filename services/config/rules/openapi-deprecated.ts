import type { Rule } from '../draft.ts'
import { warning } from '../findings.ts'

/** What the OpenAPI file calls deprecated should be deprecated here too: its readers were told. */
export const openapiDeprecated: Rule = draft =>
  draft.apis.flatMap(api => {
    const own = draft.deprecations.filter(deprecation => deprecation.api === api)
    // A deprecated version covers its operations; which ones, only calls can tell.
    if (own.some(({ thing }) => thing?.kind === 'version')) return []
    const declared = new Set(own.flatMap(({ thing }) => (thing?.kind === 'operation' ? [thing.key] : [])))
    return (api.listed ?? []).flatMap(({ deprecatedInOpenApi, key, method, template, place }) =>
      deprecatedInOpenApi && !declared.has(key)
        ? [
            warning(
              place,
              'LC_OPENAPI_DEPRECATED',
              `${method} ${template} is deprecated in OpenAPI and nowhere else`,
              'Add a deprecation, or take the flag out.',
            ),
          ]
        : [],
    )
  })
