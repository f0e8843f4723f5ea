import type { VersionSelector } from '../../services/domain/catalogue.ts'
import { headerOf, type RawCall } from '../../services/domain/raw-call.ts'
import { isVersion } from '../../services/domain/segment-shape.ts'
import { isWordLike } from '../../services/domain/word-like.ts'
import { queryValue } from '../normalise/target.ts'

/** Most segments before the version in a path. */
const DEEPEST = 4

/**
 * The version a path names: its first segment of the form `v2`, `v2.2`, at the path's begin or after one of `bases`
 * (joined by `/`); '' when unpinned.
 */
export function versionInPath(segments: readonly string[], count: number, bases: ReadonlySet<string>): string {
  let before = ''
  for (let i = 0; i < count && i < DEEPEST; i++) {
    const segment = segments[i] ?? ''
    if (isVersion(segment)) return bases.has(before) ? segment : ''
    before = i === 0 ? segment : `${before}/${segment}`
  }
  return ''
}

/** The version a call pins by other means than its path, as sent; '' when unpinned. */
export function versionOutsidePath(selector: VersionSelector, raw: RawCall, query: string, host: string): string {
  switch (selector.in) {
    case 'path':
      return ''
    case 'header':
      return plainVersion(headerOf(raw, selector.name))
    case 'query':
      return query === '' ? '' : plainVersion(queryValue(query, selector.name))
    case 'media-type':
      return versionInMediaType(headerOf(raw, 'accept')) || versionInMediaType(headerOf(raw, 'content-type'))
    case 'host':
      return versionInHost(host)
  }
}

/** `application/vnd.acme.v2+json` → `v2`; `application/json;version=2` → `2`; the first that names one. */
export function versionInMediaType(value: string): string {
  const text = value.slice(0, 1_024)
  const vendor = /[./-](v\d{1,4}(?:\.\d{1,4}){0,3})(?=[+;,\s]|$)/i.exec(text)
  if (vendor?.[1] !== undefined) return vendor[1].toLowerCase()
  return plainVersion(/;\s{0,8}(?:version|v)="?([A-Za-z0-9._-]{1,32})/i.exec(text)?.[1] ?? '')
}

/** `v2.api.example` and `api-v2.example` → `v2`. */
export function versionInHost(host: string): string {
  return /(?:^|[.-])(v\d{1,4}(?:-\d{1,4}){0,2})(?=\.)/.exec(host)?.[1] ?? ''
}

// A version is a number or a date, perhaps with a word: `2`, `v2.1`, `2024-10-01`, `2024-10-01.acacia`, `beta`.
function plainVersion(value: string): string {
  const text = value.trim()
  if (!isWordLike(text)) return ''
  return /^(?:v?\d{1,8}(?:[.-]\d{1,4}){0,3}(?:[.-][a-z]{1,16})?|[a-z]{2,16})$/i.test(text) ? text : ''
}
