import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import t from 'tap'
import { fetchToken } from './oauth-token.ts'

let answer = { status: 200, text: '' }
let asked = ''
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  asked = `${request.headers.authorization} ${Buffer.concat(parts)}`
  response.writeHead(answer.status).end(answer.text)
})
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
t.teardown(() => server.close())
const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
const client = { tokenUrl, clientId: 'last:call', clientSecret: 'not a secret', scope: 'kafka' }

t.test('a token is got with the client’s credentials', async t => {
  answer = { status: 200, text: JSON.stringify({ access_token: 'token-1', expires_in: 60 }) }
  t.equal(await fetchToken(client), 'token-1')
  const [, basic = '', form] = asked.split(' ')
  t.equal(Buffer.from(basic, 'base64').toString(), 'last%3Acall:not%20a%20secret')
  t.equal(form, 'grant_type=client_credentials&scope=kafka')
})

t.test('what is no such answer is a fault that holds neither the answer nor the secret', async t => {
  for (const [status, text] of [
    [200, 'fake-token-in-plain-text'],
    [200, '{"token":"fake-token-elsewhere"}'],
    [200, 'null'],
    [401, '{"error":"fake-token-refused"}'],
  ] as const) {
    answer = { status, text }
    const error: unknown = await fetchToken(client).catch(thrown => thrown)
    t.match(error, { code: 'LC_OAUTH_TOKEN', exit: 3 }, text)
    t.notMatch(inspect(error, { depth: 9 }), /fake-tok|not a secret/, text)
  }
})
