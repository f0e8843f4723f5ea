import { isNobody } from './nobody.ts'
import { cut, scrubText } from './scrub-text.ts'

const READ = 1_024
const KEPT = 128

/**
 * A User-Agent as it is kept: at most 128 characters of one line, versions cut to major.minor (`requests/2.32.3` →
 * `requests/2.32`), queries of addresses and secrets left out; '' for none.
 */
export function normaliseAgent(logged: string): string {
  if (isNobody(logged)) return ''
  const text = scrubText(cut(logged, READ).replace(/\?[^\s)\]>"]*/g, ''))
  return cut(text.replace(/(\d+[._]\d+)(?:[._]\d+)+/g, '$1').replace(/ {2,}/g, ' '), KEPT).trim()
}
