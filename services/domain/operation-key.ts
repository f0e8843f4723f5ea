/**
 * The name under which an operation's calls are stored: `METHOD /literal/{}/literal`, parameter names erased,
 * so that renaming a parameter changes nothing. `{id}:activate` keeps its literal part (`{}:activate`),
 * `{rest+}` (the whole remaining path) becomes `{+}`.
 */
export function operationKey(method: string, template: string): string {
  return `${method.toUpperCase()} ${eraseParameters(template)}`
}

/** A template with parameter names erased. */
export function eraseParameters(template: string): string {
  return template.replace(/\{([^{}]*)\}/g, (_, name: string) => (isTailName(name) ? '{+}' : '{}'))
}

/** `rest+` names a tail; in `id:[0-9]+` the plus belongs to a pattern. */
export function isTailName(name: string): boolean {
  return name.endsWith('+') && !name.includes(':')
}
