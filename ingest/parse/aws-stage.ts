/**
 * API Gateway logs the path with its stage or base path in front (`/prod/orders/42`) and the resource without
 * (`/orders/{id}`). Both are brought to what the caller saw.
 */
export interface StagedPath {
  /** Path without the stage, with the base path; the template itself when no path was logged. */
  readonly target: string
  /** Template over the whole of `target`; '' when the gateway names none or only a greedy one, which says nothing. */
  readonly route: string
}

/**
 * - The stage goes when what follows it fits the template as a whole; where no template can tell, when the host is
 *   the stage's own (`….execute-api.…`) or unknown.
 * - A stage called like a version (`v1`, `v2.1`) stays: on the gateway's own host it is the version callers wrote.
 * - What stands before the template (a custom domain's base path) belongs to the route as well.
 */
export function stagedPath(path: string, stage: string, template: string, host: string): StagedPath {
  const named = template !== '' && template !== '$default'
  const greedy = named && template.includes('+}')
  if (path === '') return { target: named ? template : '', route: named && !greedy ? template : '' }
  const resource = named && !greedy ? template.split('/') : undefined
  const target = goes(path, stage, resource, host) ? path.slice(stage.length + 1) || '/' : path
  if (resource === undefined) return { target, route: '' }
  const segments = target.split('/')
  const at = fitsFrom(segments, resource)
  // Position 1 is right behind the leading slash: the template covers all of it.
  return { target, route: at > 1 ? segments.slice(0, at).join('/') + template : template }
}

function goes(path: string, stage: string, resource: readonly string[] | undefined, host: string): boolean {
  if (stage === '' || isVersion(stage)) return false
  if (!path.startsWith(stage, 1) || path.charCodeAt(0) !== 0x2f) return false
  const behind = path.charCodeAt(stage.length + 1)
  if (path.length > stage.length + 1 && behind !== 0x2f) return false
  if (resource === undefined) return host === '' || host.includes('.execute-api.')
  return fitsFrom((path.slice(stage.length + 1) || '/').split('/'), resource) === 1
}

/** Index of the segment where the template, read from the end, begins to fit; -1 when it does not. Both begin with ''. */
function fitsFrom(segments: readonly string[], template: readonly string[]): number {
  const offset = segments.length - template.length
  if (offset < 0) return -1
  for (let i = 1; i < template.length; i++) {
    const part = template[i] ?? ''
    if (part.charCodeAt(0) !== 0x7b && part !== segments[i + offset]) return -1
  }
  return offset + 1
}

function isVersion(stage: string): boolean {
  return /^v\d{1,4}(?:[._-]\d{1,4}){0,2}$/i.test(stage)
}
