import t from 'tap'
import { readBody } from './a-reading.ts'

const TIME = '[22/Nov/2026:03:23:24 +0000]'
const TAIL = `"GET /v1/orders/42?a=b HTTP/1.1" 200 11 "-" "curl/8.5.0"`
const one = (line: string, over = {}) => readBody(line, over).calls[0]
const outcomes = (line: string) => readBody(line).outcomes

t.test('a combined line is a call', async t => {
  t.match(one(`203.0.113.9 - - ${TIME} ${TAIL}`), {
    time: Date.parse('2026-11-22T03:23:24Z'),
    timeKind: 'logged',
    method: 'GET',
    target: '/v1/orders/42?a=b',
    status: 200,
    agent: 'curl/8.5.0',
    clientIp: '203.0.113.9',
    host: '',
    identities: [],
    truncated: false,
  })
})

t.test('the logged user is the caller\u2019s own word, to be trusted by name', async t => {
  const call = one(`203.0.113.9 - John Doe ${TIME} ${TAIL}`)
  t.same(call?.identities, [])
  t.same(call?.requestHeaders, { 'remote-user': 'John Doe' })
  t.equal(one(`203.0.113.9 - ${TIME} ${TAIL}`)?.status, 200, 'the user may be left out')
})

t.test('a user that looks like a log line makes no other call', async t => {
  t.match(one(`1.2.3.4 - x [01/Jan/2020:00:00:00 +0000] \\x22GET /evil HTTP/1.1\\x22 200 1 ${TIME} ${TAIL}`), {
    target: '/v1/orders/42?a=b',
    time: Date.parse('2026-11-22T03:23:24Z'),
  })
})

t.test('a virtual host, with or without a port, and a forwarded list may stand in front', async t => {
  t.match(one(`www.example.com 192.0.2.1 - - ${TIME} ${TAIL}`), { host: 'www.example.com', clientIp: '192.0.2.1' })
  t.match(one(`www.example.com:80 192.0.2.1 - - ${TIME} ${TAIL}`), { host: 'www.example.com:80' })
  t.match(one(`203.0.113.9, 10.0.0.1 - - ${TIME} ${TAIL}`), { host: '', clientIp: '203.0.113.9' })
  t.match(one(`2001:db8::1 - - ${TIME} ${TAIL}`), { clientIp: '2001:db8::1' })
})

t.test('the main layout of nginx has the forwarded list behind', async t => {
  t.match(one(`10.0.0.1 - - ${TIME} ${TAIL} "203.0.113.9, 10.0.0.1"`), { truncated: false, agent: 'curl/8.5.0' })
  t.match(one(`10.0.0.1 - - ${TIME} ${TAIL} "-"`), { truncated: false })
})

t.test('escapes are undone in path and agent', async t => {
  t.match(one(`1.1.1.1 - - ${TIME} "GET /caf\\xC3\\xA9 HTTP/1.1" 200 11 "-" "evil\\x22agent\\x5C HTTP/1.1\\x22 200"`), {
    target: '/café',
    agent: 'evil"agent\\ HTTP/1.1" 200',
  })
  t.match(one(`1.1.1.1 - - ${TIME} "GET /a HTTP/1.1" 200 11 "-" "Apache \\"quotes\\""`), { agent: 'Apache "quotes"' })
})

t.test('bytes that are no request are accounted for', async t => {
  for (const request of ['\\x16\\x03\\x01', '-', '', 'NOT HTTP', 'HELP', 'lv|x'])
    t.same(outcomes(`1.2.3.4 - - ${TIME} "${request}" 400 157 "-" "-"`), ['combined no-request'], request)
  t.match(one(`1.2.3.4 - - ${TIME} "GET /" 200 11 "-" "-"`), { target: '/', agent: '' })
})

t.test('a line cut behind its status is read and marked', async t => {
  const line = `203.0.113.9 - - ${TIME} "GET /v1/orders/42 HTTP/1.1" 200 11 "http://referer/" "curl/8.5.0"`
  for (const end of [line.length - 1, line.length - 8, line.length - 14, line.length - 20, line.indexOf('"http') + 1])
    t.match(one(line.slice(0, end)), { status: 200, truncated: true }, line.slice(0, end))
  t.same(outcomes(line.slice(0, line.indexOf(' 200') + 3)), [' unknown-format'])
})

t.test('lines of other kinds are not taken for combined', async t => {
  for (const line of [
    `1.2.3.4 - - ${TIME} "GET / HTTP/1.1" 2000 11 "-" "-"`,
    `1.2.3.4 - - ${TIME} "GET / HTTP/1.1" abc 11 "-" "-"`,
    `a b 1.2.3.4 - - ${TIME} ${TAIL}`,
    `nginx: 1.2.3.4 - - ${TIME} ${TAIL}`,
    `1.2.3.4 - - [22/Foo/2026:03:23:24 +0000] ${TAIL}`,
    `1.2.3.4 - - ${TIME} ${TAIL} more`,
    '2021/12/01 13:53:33 [error] 31#31: *46 "/usr/x" is not found, request: "GET /market/ HTTP/1.1", host: "localhost"',
  ])
    t.not(outcomes(line)[0], 'combined ok', line)
})

t.test('a time without an offset is local to the source', async t => {
  t.match(one(`1.2.3.4 - - [22/Nov/2026:03:23:24] ${TAIL}`, { zone: 'Europe/Berlin' }), {
    time: Date.parse('2026-11-22T02:23:24Z'),
  })
})

t.test('nginx-combined and apache-combined are names of it', async t => {
  for (const format of ['combined', 'nginx-combined', 'apache-combined'])
    t.same(readBody(`1.2.3.4 - - ${TIME} ${TAIL}`, { format }).formats, { combined: 1 })
})
