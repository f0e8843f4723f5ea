import { headerText, type RawCall } from '../../services/domain/raw-call.ts'
import type { JsonObject } from './format.ts'

/**
 * Takes what the audit reads from a record's response headers: Deprecation (RFC 9745), Sunset (RFC 8594), Link
 * (RFC 8288) and the one that names the API's version (`api-version`, or a vendor's `x-…-api-version`). Names
 * compare without case; `prefix` is what they carry in the record (`downstream_`). No other header is kept.
 */
export function responseHeadersInto(call: RawCall, headers: JsonObject | undefined, prefix = ''): void {
  if (headers === undefined) return
  for (const key of Object.keys(headers)) {
    const length = key.length - prefix.length
    // Most headers are passed over by length and last letter, without touching their text.
    if (length !== 4 && length !== 6 && !(length >= 11 && (key.charCodeAt(key.length - 1) | 0x20) === 0x6e)) continue
    if (prefix !== '' && !key.startsWith(prefix)) continue
    const name = key.slice(prefix.length).toLowerCase()
    if (name === 'deprecation') call.deprecation = headerText(headers[key])
    else if (name === 'sunset') call.sunset = headerText(headers[key])
    else if (name === 'link') call.link = headerText(headers[key])
    else if (name.endsWith('api-version')) call.versionHeader = headerText(headers[key])
  }
}
