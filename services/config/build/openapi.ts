import type { Finding, Operation } from '../../domain/catalogue.ts'
import { operationKey } from '../../domain/operation-key.ts'
import type { ConfigText } from '../documents.ts'
import { fault, quoted, warning } from '../findings.ts'
import { isRecord } from '../plain-object.ts'
import { templateFault } from './things.ts'

/** The fixed fields of a Path Item that are operations: OpenAPI 3.2 §4.9 (3.1 without `query`; 2.0 has the same). */
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

/**
 * Every operation of an OpenAPI (3.x) or Swagger (2.0) document, by full path template, with its `deprecated` flag.
 * The path of each distinct server (or `basePath`) stands before it, unless `base` is given. `$ref` to other files is
 * not followed, and says so.
 */
export function readOpenApi(text: ConfigText, base: string | undefined, findings: Finding[]): readonly Operation[] {
  const root = text.value
  if (
    !isRecord(root) ||
    !isRecord(root.paths) ||
    (typeof root.openapi !== 'string' && typeof root.swagger !== 'string')
  ) {
    findings.push(
      fault(
        text.place([]),
        'LC_OPENAPI',
        'this is no OpenAPI document with paths',
        'Name a file that has `openapi` (or `swagger`) and `paths`.',
      ),
    )
    return []
  }
  const rootBases = base === undefined ? serverBases(root, ['']) : [base.replace(/\/$/, '')]
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(root.paths)) {
    if (path.startsWith('x-') || !isRecord(item)) continue
    if (item.$ref !== undefined) {
      findings.push(
        warning(
          text.place(['paths', path]),
          'LC_OPENAPI_REF',
          `the path ${quoted(path)} stands in another place ($ref) and is not read`,
          'Bundle the document into one file.',
        ),
      )
    }
    const pathBases = base === undefined ? serverBases(item, rootBases) : rootBases
    for (const method of METHODS) {
      const operation = item[method]
      if (!isRecord(operation)) continue
      const place = text.place(['paths', path, method])
      for (const before of base === undefined ? serverBases(operation, pathBases) : pathBases) {
        const template = before + path
        const wrong = templateFault(template)
        if (wrong === undefined) {
          operations.push({
            method: method.toUpperCase(),
            template,
            key: operationKey(method, template),
            deprecatedInOpenApi: operation.deprecated === true,
            place,
          })
        } else
          findings.push(
            fault(
              place,
              'LC_OPERATION',
              `${quoted(template)} is no path: ${wrong}`,
              'Mend the path in the OpenAPI document.',
            ),
          )
      }
    }
  }
  return operations
}

/** The distinct paths of `servers` (variables at their defaults), or of Swagger's `basePath`; `otherwise` without any. */
function serverBases(node: Record<string, unknown>, otherwise: readonly string[]): readonly string[] {
  if (typeof node.basePath === 'string') return [node.basePath.replace(/\/$/, '')]
  if (!Array.isArray(node.servers) || node.servers.length === 0) return otherwise
  const bases = new Set<string>()
  for (const server of node.servers.slice(0, 100))
    if (isRecord(server) && typeof server.url === 'string') bases.add(pathOf(server.url, server.variables))
  return bases.size === 0 ? otherwise : [...bases]
}

function pathOf(url: string, variables: unknown): string {
  const filled = url.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = isRecord(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined
    return isRecord(variable) && typeof variable.default === 'string' ? variable.default : whole
  })
  const scheme = filled.indexOf('://')
  const start =
    scheme >= 0
      ? filled.indexOf('/', scheme + 3)
      : filled.startsWith('//')
        ? filled.indexOf('/', 2)
        : filled.indexOf('/')
  return start < 0 ? '' : filled.slice(start).replace(/\/$/, '')
}
