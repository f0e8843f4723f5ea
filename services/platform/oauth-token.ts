import { LcError } from '../domain/errors.ts'

export interface ClientCredentials {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | undefined
}

const MAX_ANSWER = 65_536
const TIMEOUT_MS = 10_000

/** Gets a bearer token by the client-credentials grant (RFC 6749 section 4.4). Throws LC_OAUTH_TOKEN. */
export async function fetchToken({ tokenUrl, clientId, clientSecret, scope }: ClientCredentials): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
  const login = [clientId, clientSecret].map(encodeURIComponent).join(':')
  try {
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}`, accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = (await response.text()).slice(0, MAX_ANSWER)
    if (!response.ok) throw new Error(`status ${response.status}`)
    const token = tokenIn(text)
    if (token === undefined) throw new Error('an answer without access_token')
    return token
  } catch (error) {
    throw new LcError(
      'LC_OAUTH_TOKEN',
      `No token for Kafka was got at ${new URL(tokenUrl).host}: ${error instanceof Error ? error.message : ''}.`,
      'See token-url, username, password-env and scope under sasl, and the authorization server’s log.',
      3,
      { cause: error },
    )
  }
}

/** What JSON.parse says of a text holds its beginning: of a token sent as it is, a piece of the token. */
function tokenIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const found = typeof answer === 'object' && answer !== null && 'access_token' in answer ? answer.access_token : ''
    return typeof found === 'string' && found !== '' ? found : undefined
  } catch {
    return undefined
  }
}
