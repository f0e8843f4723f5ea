/** Secrets as senders leave them in logs. Every one is made up and says so. */
const names = [
  'query',
  'segment',
  'key',
  'bearer',
  'cookie',
  'basic',
  'referer',
  'agent',
  'set-cookie',
  'authority',
  'upstream',
  'jwt',
] as const

export type Place = (typeof names)[number]
export type Secrets = Readonly<Record<Place, string>>

/** Different ones for each format, so that a finding says where it came from. */
export function secretsOf(format: string): Secrets {
  const entries = names.map(
    (name, index) => [name, `fake${format}${name.replace('-', '')}${index}x9Kq2Lm7Rt4Vw8Zb3Nc6Hd1Jf5`] as const,
  )
  const secrets = Object.fromEntries(entries) as Record<Place, string>
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  secrets.jwt = `${part({ alg: 'none' })}.${part({ sub: 'someone', note: `fake ${format}` })}.${part({ fake: 'signature' })}`
  return secrets
}

/** What each of them might be kept as. */
export function needlesOf(secrets: Secrets): readonly string[] {
  const plain = Object.values(secrets)
  return [
    ...plain,
    basicOf(secrets),
    ...plain.map(text => Buffer.from(text).toString('base64url')),
    ...plain.map(text => Buffer.from(text).toString('hex')),
  ]
}

export const MARKER = 'harmless-marker'
const HOST = 'api.partner.example'
const basicOf = (secrets: Secrets): string => Buffer.from(`someone:${secrets.basic}`).toString('base64')
const targetOf = (secrets: Secrets): string =>
  `/v1/${MARKER}/${secrets.segment}?api_key=${secrets.query}&access_token=${secrets.jwt}`
const agentOf = (secrets: Secrets): string => `${MARKER}/7 (token=${secrets.agent})`
const refererOf = (secrets: Secrets): string =>
  `https://someone:${secrets.authority}@app.example/?token=${secrets.referer}`

/** One record of each format, with a secret in every place one was ever seen in. */
export const RECORDS: Readonly<Record<string, (secrets: Secrets, now: number) => string>> = {
  kong: (secrets, now) =>
    JSON.stringify({
      started_at: now,
      client_ip: '192.0.2.10',
      upstream_uri: `/internal${targetOf(secrets)}&again=${secrets.upstream}`,
      latencies: { request: 10, kong: 1, proxy: 9 },
      request: {
        method: 'GET',
        uri: targetOf(secrets),
        url: `https://someone:${secrets.authority}@${HOST}:443${targetOf(secrets)}`,
        querystring: { api_key: secrets.query, access_token: secrets.jwt },
        size: 100,
        headers: {
          host: HOST,
          'x-api-key': secrets.key,
          apikey: secrets.key,
          authorization: `Bearer ${secrets.bearer}`,
          'proxy-authorization': `Basic ${basicOf(secrets)}`,
          cookie: `session=${secrets.cookie}`,
          referer: refererOf(secrets),
          'user-agent': agentOf(secrets),
        },
      },
      response: {
        status: 200,
        size: 5,
        headers: {
          'set-cookie': `session=${secrets['set-cookie']}`,
          location: `https://${HOST}/?token=${secrets.query}`,
        },
      },
      tries: [{ ip: '192.0.2.1', port: 80 }],
    }),
  nginxjson: (secrets, now) =>
    JSON.stringify({
      msec: (now / 1000).toFixed(3),
      method: 'GET',
      host: HOST,
      request_uri: targetOf(secrets),
      status: '200',
      ua: agentOf(secrets),
      referer: refererOf(secrets),
      x_api_key: secrets.key,
      authorization: `Bearer ${secrets.bearer}`,
      http_cookie: `session=${secrets.cookie}`,
      http_authorization: `Basic ${basicOf(secrets)}`,
      sent_http_set_cookie: `session=${secrets['set-cookie']}`,
    }),
  combined: (secrets, now) =>
    `192.0.2.10 - - [${clfTime(now)}] "GET ${targetOf(secrets)} HTTP/1.1" 200 5 "${refererOf(secrets)}" "${agentOf(secrets)}"`,
  absolute: (secrets, now) =>
    `192.0.2.10 - - [${clfTime(now)}] "GET http://someone:${secrets.authority}@${HOST}${targetOf(secrets)} HTTP/1.1" 200 5 "-" "${MARKER}/8"`,
  caddy: (secrets, now) =>
    JSON.stringify({
      level: 'info',
      ts: now / 1000,
      logger: 'http.log.access',
      msg: 'handled request',
      request: {
        remote_ip: '192.0.2.10',
        proto: 'HTTP/2.0',
        method: 'GET',
        host: HOST,
        uri: targetOf(secrets),
        headers: {
          'User-Agent': [agentOf(secrets)],
          Authorization: [`Bearer ${secrets.bearer}`],
          'X-Api-Key': [secrets.key],
          Cookie: [`session=${secrets.cookie}`],
          Referer: [refererOf(secrets)],
        },
      },
      duration: 0.01,
      size: 5,
      status: 200,
      resp_headers: { 'Set-Cookie': [`session=${secrets['set-cookie']}`] },
    }),
  traefik: (secrets, now) =>
    JSON.stringify({
      ClientHost: '192.0.2.10',
      RequestMethod: 'GET',
      RequestHost: HOST,
      RequestPath: targetOf(secrets),
      RequestProtocol: 'HTTP/1.1',
      DownstreamStatus: 200,
      Duration: 10_000_000,
      StartUTC: new Date(now).toISOString(),
      'request_User-Agent': agentOf(secrets),
      request_Authorization: `Basic ${basicOf(secrets)}`,
      'request_X-Api-Key': secrets.key,
      request_Cookie: `session=${secrets.cookie}`,
      request_Referer: refererOf(secrets),
      'downstream_Set-Cookie': `session=${secrets['set-cookie']}`,
    }),
}

function clfTime(now: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(now).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
