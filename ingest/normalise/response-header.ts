import { isName } from '../../services/domain/segment-shape.ts'
import { isNobody } from './nobody.ts'
import { cut, scrubText } from './scrub-text.ts'

const READ = 2_048
const KEPT = 256

/** A response header as it is kept: at most 256 characters of one line, secrets left out; '' for none. */
export function normaliseHeader(logged: string): string {
  return isNobody(logged) ? '' : cut(scrubText(cut(logged, READ)), KEPT)
}

/** A Link header (RFC 8288) as it is kept: as any header, and of its addresses' queries only plain parameter names. */
export function normaliseLink(logged: string): string {
  if (isNobody(logged)) return ''
  const text = cut(logged, READ)
    .replace(/\/\/[^/\s<>@]{0,256}@/g, '//')
    .replace(/[?#][^\s<>]*/g, namesOnly)
  return cut(scrubText(text), KEPT)
}

function namesOnly(queryAndFragment: string): string {
  const query = queryAndFragment.startsWith('?') ? (queryAndFragment.slice(1).split('#')[0] ?? '') : ''
  const names = query.split('&').map(pair => pair.split('=')[0] ?? '')
  const kept = names.filter(isName).map(name => `${name}=`)
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}
