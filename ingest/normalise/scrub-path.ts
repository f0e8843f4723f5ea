import type { Route } from '../../services/domain/routes.ts'
import { isCustomMethod, isName, OTHER, secretsFollow } from '../../services/domain/segment-shape.ts'
import { splitMixed, type TemplateSegment } from '../../services/domain/template.ts'
import { looksPrivate } from './secret.ts'

/** Longest path kept, in characters; a path of this length may have been cut. */
export const LONGEST_KEPT_PATH = 512

/**
 * The path of a matched call as it is kept: literals of its template stay, a parameter's value only if it looks like
 * nothing private, else `{}` stands in its place. Splitting and matching it again finds the same route.
 * `segments[0, count)` are decoded.
 */
export function scrubPath(segments: readonly string[], count: number, route: Route): string {
  let path = ''
  for (let i = 0; i < count && path.length < LONGEST_KEPT_PATH; i++) {
    const value = segments[i] ?? ''
    const template = route.segments[i]
    const secret = i > 0 && secretsFollow(segments[i - 1] ?? '')
    path += `/${template === undefined ? scrubValue(value, secret) : scrubMatched(value, template, secret)}`
  }
  return path.length <= LONGEST_KEPT_PATH ? path : cutPath(path)
}

/** The path of a call no known operation matches as it is kept: `kept` says which segments its inferred template shows as they are. */
export function scrubUnknownPath(segments: readonly string[], count: number, kept: readonly boolean[]): string {
  let path = ''
  for (let i = 0; i < count && path.length < LONGEST_KEPT_PATH; i++) {
    const value = segments[i] ?? ''
    path += `/${kept[i] ? value : scrubValue(value, i > 0 && secretsFollow(segments[i - 1] ?? ''))}`
  }
  return path.length <= LONGEST_KEPT_PATH ? path : cutPath(path)
}

function scrubMatched(value: string, template: TemplateSegment, afterSecret: boolean): string {
  if (template.kind === 'literal') return encode(value)
  const secret = afterSecret || template.names.some(isSecretName)
  if (template.kind !== 'mixed') return scrubValue(value, secret)
  const values = splitMixed(template, value) ?? []
  let text = encode(template.pieces[0] ?? '')
  for (const [i, part] of values.entries()) text += scrubValue(part, secret) + encode(template.pieces[i + 1] ?? '')
  return text
}

// `{token}`, `{apiKey}`, `{reset_code}`: the catalogue itself says what stands there.
function isSecretName(name: string): boolean {
  return /token|secret|passw|credential|signature|(?:^|[-_a-z])(?:key|jwt|otp|pin)$|^(?:key|jwt|otp|pin|code|hash|session)|(?:reset|invite|session|magic|activation|verification)/i.test(
    name,
  )
}

function scrubValue(value: string, secret: boolean): string {
  const colon = value.lastIndexOf(':')
  if (!isCustomMethod(value, colon)) return scrubData(value, secret)
  const method = value.slice(colon + 1)
  return `${scrubData(value.slice(0, colon), secret)}:${isName(method) ? method : OTHER}`
}

function scrubData(value: string, secret: boolean): string {
  const semicolon = value.indexOf(';')
  if (semicolon < 0) return scrubPlain(value, secret)
  return scrubPlain(value.slice(0, semicolon), secret) + scrubMatrix(value.slice(semicolon))
}

function scrubPlain(value: string, secret: boolean): string {
  if (value === '') return ''
  if (!secret && !looksPrivate(value)) return encode(value)
  const dot = value.lastIndexOf('.')
  const end = value.length - dot
  return dot > 0 && end >= 3 && end <= 6 && isName(value.slice(dot + 1)) ? `{}${value.slice(dot)}` : '{}'
}

// Matrix parameters (RFC 3986 §3.3), `;jsessionid=…`: names that are plainly names stay, values never.
function scrubMatrix(parameters: string): string {
  let text = ''
  for (const parameter of parameters.slice(1).split(';')) {
    const equals = parameter.indexOf('=')
    const name = equals < 0 ? parameter : parameter.slice(0, equals)
    text += `;${isName(name) ? name : '{}'}${equals < 0 ? '' : '={}'}`
  }
  return text
}

// What would read otherwise when the path is split again: `%`, `/`, `?`, `#`, `;`, controls and spaces.
function encode(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (
      code <= 0x20 ||
      code === 0x7f ||
      code >= 0xd800 ||
      code === 0x25 ||
      code === 0x2f ||
      code === 0x3f ||
      code === 0x23
    ) {
      return text
        .toWellFormed()
        .replace(/[\x00-\x20\x7f%/?#]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    }
  }
  return text
}

// Never half a character or half of `%2F`.
function cutPath(path: string): string {
  let end = LONGEST_KEPT_PATH
  const last = path.charCodeAt(end - 1)
  if (last >= 0xd800 && last <= 0xdbff) end--
  const percent = path.lastIndexOf('%', end - 1)
  return path.slice(0, percent >= 0 && end - percent < 3 ? percent : end)
}
