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
  const named = template.charCodeAt(0) === SLASH
  const greedy = named && template.includes('+}')
  if (path === '') return { target: named ? template : '', route: named && !greedy ? template : '' }
  const resource = named && !greedy ? template : ''
  const target = goes(path, stage, resource, host) ? path.slice(stage.length + 1) || '/' : path
  if (resource === '') return { target, route: '' }
  for (let at = 0; at !== -1; at = target.indexOf('/', at + 1))
    if (fits(target, at, resource)) return { target, route: at === 0 ? resource : target.slice(0, at) + resource }
  return { target, route: resource }
}

const SLASH = 0x2f
const BRACE = 0x7b

function goes(path: string, stage: string, resource: string, host: string): boolean {
  if (stage === '' || path.charCodeAt(0) !== SLASH || !path.startsWith(stage, 1)) return false
  const end = stage.length + 1
  if ((end < path.length && path.charCodeAt(end) !== SLASH) || isVersion(stage)) return false
  if (resource === '') return host === '' || host.includes('.execute-api.')
  return end === path.length ? resource === '/' : fits(path, end, resource)
}

/** Does `path` from a slash on fit the template, segment by segment, to the end of both? `{…}` takes one whole segment. */
function fits(path: string, from: number, template: string): boolean {
  let at = from
  let inTemplate = 0
  while (at < path.length && inTemplate < template.length) {
    if (template.charCodeAt(inTemplate) === BRACE) {
      if (path.charCodeAt(at) === SLASH) return false
      at = endOfSegment(path, at)
      inTemplate = endOfSegment(template, inTemplate)
    } else if (path.charCodeAt(at++) !== template.charCodeAt(inTemplate++)) return false
  }
  return at === path.length && inTemplate === template.length
}

function endOfSegment(text: string, from: number): number {
  const slash = text.indexOf('/', from)
  return slash === -1 ? text.length : slash
}

function isVersion(stage: string): boolean {
  return /^v\d{1,4}(?:[._-]\d{1,4}){0,2}$/i.test(stage)
}
