import type { Identity } from '../../services/domain/raw-call.ts'

const LONGEST = 16_384

/** Has it the form of a JWT (RFC 7519): three base64url parts, the first a JSON object? */
export function isJwt(text: string): boolean {
  return text.startsWith('eyJ') && text.length <= LONGEST && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
}

/**
 * Who a JWT says it is for, its signature not looked at: ask only where the gateway verifies it. The application
 * (`client_id` RFC 8693 §4.3, or `azp`) before the user (`sub`); undefined when it names neither or cannot be read.
 */
export function jwtIdentity(token: string): Identity | undefined {
  const claims = claimsOf(token)
  if (claims === undefined) return undefined
  const client = textOf(claims, 'client_id') || textOf(claims, 'azp')
  if (client !== '') return { kind: 'client', value: client }
  const user = textOf(claims, 'sub')
  return user === '' ? undefined : { kind: 'user', value: user }
}

function claimsOf(token: string): object | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? claims : undefined
  } catch {
    return undefined
  }
}

function textOf(claims: object, name: string): string {
  if (!Object.hasOwn(claims, name)) return ''
  const value: unknown = Reflect.get(claims, name)
  return typeof value === 'string' ? value : ''
}
