import { domainToASCII } from 'node:url'
import type { Finding, Place } from '../../domain/catalogue.ts'
import { fault, quoted } from '../findings.ts'

/** A host as calls are compared with it: lower-case, ASCII, no port. `*` and `*.example.com` where `wild`. */
export function readHost(text: string, place: Place, findings: Finding[], wild: boolean): string | undefined {
  if (wild && text === '*') return '*'
  const star = wild && text.startsWith('*.')
  const host = hostName(star ? text.slice(2) : text)
  if (host !== undefined) return star ? `*.${host}` : host
  findings.push(
    fault(
      place,
      'LC_HOST',
      `${quoted(text)} is no host name`,
      `Write it without scheme, port and path, such as api.example.com${wild ? '; *.example.com is every host below, * every host' : ''}.`,
    ),
  )
  return undefined
}

function hostName(text: string): string | undefined {
  if (/^\[[0-9a-fA-F:.]+\]$/.test(text)) return text.toLowerCase()
  if (/[/:?#@\s*]/.test(text)) return undefined
  const ascii = domainToASCII(text.endsWith('.') ? text.slice(0, -1) : text)
  return ascii !== '' && ascii.length <= 253 ? ascii.toLowerCase() : undefined
}
