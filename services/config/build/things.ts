import type { Finding, Operation, Place, Thing } from '../../domain/catalogue.ts'
import { isTailName, operationKey } from '../../domain/operation-key.ts'
import { parseTemplate } from '../../domain/template.ts'
import { fault, quoted } from '../findings.ts'
import type { ThingYaml } from '../schema/api.ts'

/** RFC 9110 §9.1: a method is a token; these are the ones a gateway routes. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'])

const FORBIDDEN = /[\s?#\u0000-\u001f\u007f]/

/** `"POST /v1/content/{id}/generate"` as an operation; anything else is a fault. */
export function readOperation(text: string, place: Place, findings: Finding[]): Operation | undefined {
  const space = text.indexOf(' ')
  const method = text.slice(0, Math.max(space, 0)).toUpperCase()
  const template = text.slice(space + 1).trim()
  const wrong = METHODS.has(method) ? templateFault(template) : 'it does not begin with a method such as GET or POST'
  if (wrong !== undefined) {
    findings.push(
      fault(
        place,
        'LC_OPERATION',
        `${quoted(text)} is no operation: ${wrong}`,
        'Write "METHOD /path/{parameter}", without host and query.',
      ),
    )
    return undefined
  }
  return { method, template, key: operationKey(method, template), deprecatedInOpenApi: false, place }
}

/** What is wrong with a path template, if anything. */
export function templateFault(template: string): string | undefined {
  if (!template.startsWith('/')) return 'the path does not begin with "/"'
  if (template.length > 1_024) return 'the path is longer than 1,024 characters'
  const bare = template.replace(/\{[^{}]*\}/g, '')
  if (/[{}]/.test(bare)) return 'its braces do not match'
  if (FORBIDDEN.test(bare)) return 'the path has a space, "?" or "#" in it'
  const segments = parseTemplate(template)
  if (segments.length > 64) return 'the path has more than 64 segments'
  for (const [index, { pieces, names }] of segments.entries()) {
    const [literal = ''] = pieces
    if (names.length === 0 && (literal === '.' || literal === '..')) return `"${literal}" is no segment of a path`
    if (pieces.slice(1, -1).includes('')) return 'two parameters stand side by side with nothing between them'
    if (names.some(isTailName) && index < segments.length - 1)
      return 'a parameter for the rest of the path stands last, alone'
  }
  return undefined
}

/** The one thing a `thing` or `successor` names. */
export function readThing(yaml: ThingYaml, at: (...path: string[]) => Place, findings: Finding[]): Thing | undefined {
  const named = Object.keys(yaml)
  if (named.length !== 1) {
    findings.push(
      fault(
        at(),
        'LC_THING',
        named.length === 0 ? 'names nothing' : `names ${named.length} things (${named.join(', ')})`,
        'Give exactly one of operation, version, field, error-code; a second thing is a deprecation of its own.',
      ),
    )
    return undefined
  }
  if (yaml.version !== undefined) return { kind: 'version', version: yaml.version }
  if (yaml.field !== undefined) return { kind: 'field', name: yaml.field }
  if (yaml['error-code'] !== undefined) return { kind: 'error-code', name: yaml['error-code'] }
  const operation = yaml.operation === undefined ? undefined : readOperation(yaml.operation, at('operation'), findings)
  return operation === undefined
    ? undefined
    : { kind: 'operation', method: operation.method, template: operation.template, key: operation.key }
}

/** A thing in words: `POST /v1/a`, `version v1`, `error code X`. */
export function thingName(thing: Thing): string {
  if (thing.kind === 'operation') return `${thing.method} ${thing.template}`
  if (thing.kind === 'version') return `version ${thing.version}`
  return thing.kind === 'field' ? `field ${thing.name}` : `error code ${thing.name}`
}

/** The same for two spellings of one thing: parameter names do not count. */
export function thingIdentity(thing: Thing): string {
  return thing.kind === 'operation' ? thing.key : thingName(thing)
}
