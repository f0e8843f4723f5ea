const LINE =
  '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42?apikey=SECRET HTTP/1.1" 200 11 "-" "curl/8.5.0"'

/** Whole, invented records of the formats that were first, by format, as they stand in a log. Secrets are visibly fake. */
export const FIRST_SPECIMENS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'combined',
    [
      LINE,
      `${LINE} "203.0.113.9, 10.0.0.1"`,
      `api.example.com:443 ${LINE.replace('- -', '- acme')}`,
      '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "\\x16\\x03\\x01" 400 157 "-" "-"',
    ],
  ],
  [
    'kong',
    [
      JSON.stringify({
        request: {
          id: '2f6946328ffc4946b8c9120704a4a155',
          uri: '/v1/orders/42?apikey=SECRET',
          url: 'http://api.example.com:8000/v1/orders/42?apikey=SECRET',
          querystring: { apikey: 'SECRET' },
          method: 'GET',
          headers: { host: 'api.example.com', 'user-agent': 'curl/8.5.0', apikey: 'SECRET', authorization: 'REDACTED' },
          size: 139,
        },
        upstream_uri: '/?apikey=SECRET',
        upstream_status: '200',
        response: { status: 200, headers: { deprecation: '@1688169599' }, size: 9982 },
        latencies: { kong: 1, proxy: 171, request: 173 },
        authenticated_entity: { id: '5f0c4c0e-0000-4000-8000-000000000001' },
        consumer: { id: '5f0c4c0e-0000-4000-8000-000000000002', username: 'acme' },
        route: { id: '5f0c4c0e-0000-4000-8000-000000000003', paths: ['/v1'] },
        service: { id: '5f0c4c0e-0000-4000-8000-000000000004', name: 'orders' },
        client_ip: '203.0.113.9',
        started_at: 1795317804598,
      }),
      JSON.stringify({
        session: { received: 10, sent: 20, status: 200 },
        latencies: { kong: 1 },
        client_ip: '203.0.113.9',
        started_at: 1795317804598,
      }),
    ],
  ],
  [
    'nginx-json',
    [
      '{"v":"1","msec":"1795317804.598","request_id":"8d34d65c","method":"GET","host":"api.example.com","request_uri":"/v1/orders/42?apikey=SECRET","status":"200","bytes":"254","request_time":"0.003","ua":"curl/8.5.0","consumer":"acme","user":"","client":"203.0.113.9","xff":"","deprecation":"","sunset":""}',
      '{"time_local":"22/Nov/2026:03:23:24 +0000","remote_addr":"203.0.113.9","remote_user":"","request":"GET /v1/orders/42 HTTP/1.1","status":"200","body_bytes_sent":"11","http_user_agent":"curl/8.5.0"}',
      '{"msec":1795317804.615,"request_method":"GET","uri":"/v1/orders/42","status":204,"urt":}',
    ],
  ],
  [
    'caddy',
    [
      '{"level":"info","ts":1795317837.1176045,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"203.0.113.9","proto":"HTTP/1.1","method":"GET","host":"api.example.com","uri":"/v1/orders/42?apikey=SECRET","headers":{"User-Agent":["curl/8.5.0"],"Authorization":["REDACTED"]}},"user_id":"acme","duration":0.0019,"size":11,"status":200,"resp_headers":{"Deprecation":["@1688169599"]}}',
      '{"level":"debug","ts":1795317837.1,"logger":"http.handlers.reverse_proxy","msg":"selected upstream","dial":"orders:80"}',
    ],
  ],
  [
    'traefik-json',
    [
      '{"ClientAddr":"203.0.113.9:29366","ClientHost":"203.0.113.9","ClientUsername":"acme","DownstreamStatus":200,"Duration":2001375,"OriginStatus":200,"RequestHost":"api.example.com","RequestMethod":"GET","RequestPath":"/v1/orders/42?apikey=SECRET","RouterName":"orders@file","StartUTC":"2026-11-22T03:23:24.598170592Z","entryPointName":"web","level":"info","msg":"","time":"2026-11-22T03:23:24Z"}',
    ],
  ],
])
