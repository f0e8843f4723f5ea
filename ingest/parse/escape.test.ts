import t from 'tap'
import { emptyRawCall } from '../../services/domain/raw-call.ts'
import { unescapeHash, unescapeLog, unescapeQuotes } from './escape.ts'
import { isMethod, isTarget, requestInto } from './request-line.ts'

t.test('bytes escaped by nginx come back as the text they were', async t => {
  t.equal(unescapeLog('M\\xC3\\xB6nitor/1.0 \\x22q\\x22'), 'Mönitor/1.0 "q"')
  t.equal(unescapeLog('caf\\xe9'), 'caf\ufffd', 'a lone Latin-1 byte is replaced')
  t.equal(unescapeLog('\\xF0\\x9F\\x98\\x80!'), '😀!')
  t.equal(unescapeLog('a\\x5Cb'), 'a\\b')
  t.equal(unescapeLog('plain'), 'plain')
  t.equal(unescapeLog('é \\xC3\\xA9'), 'é é', 'text around the escapes stays')
})

t.test('Apache escapes quotes and controls by name', async t => {
  t.equal(unescapeLog('a \\"b\\" \\\\ c\\n\\t'), 'a "b" \\ c\n\t')
})

t.test('a backslash that escapes nothing stays', async t => {
  for (const text of ['a\\', 'a\\x', 'a\\x4', 'a\\xZZ', 'a\\q']) t.equal(unescapeLog(text), text)
})

t.test('HAProxy escapes with a hash', async t => {
  t.equal(unescapeHash('M#C3#B6nitor evil#22agent'), 'Mönitor evil"agent')
  t.equal(unescapeHash('a#b#'), 'a#b#')
  t.equal(unescapeHash('M#F6nitor'), 'M\ufffdnitor')
})

t.test('Traefik escapes only quotes', async t => {
  t.equal(unescapeQuotes('a\\"b\\x22'), 'a"b\\x22')
})

t.test('request lines are read whole', async t => {
  const call = emptyRawCall()
  for (const [line, method, target] of [
    ['GET /v1/orders?a=b HTTP/1.1', 'GET', '/v1/orders?a=b'],
    ['GET /', 'GET', '/'],
    ['get /x HTTP/2', 'get', '/x'],
    ['GET http://host/path HTTP/1.1', 'GET', 'http://host/path'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*'],
    ['GET /a b c HTTP/1.0', 'GET', '/a b c'],
    ['VERSION-CONTROL /x HTTP/3.0', 'VERSION-CONTROL', '/x'],
    ['GET /caf\\xC3\\xA9 HTTP/1.1', 'GET', '/café'],
  ] as const) {
    t.ok(requestInto(call, line), line)
    t.equal(call.method, method)
    t.equal(call.target, target)
  }
})

t.test('garbage is no request', async t => {
  const call = emptyRawCall()
  for (const line of [
    '',
    '-',
    '- - -',
    '<BADREQ>',
    '\\x16\\x03\\x01\\x00 /',
    'SSH-2.0-OpenSSH_9',
    't3 12.2.1',
    'GET',
    'GET ',
    'GET login.php HTTP/1.1',
    'CONNECT host:443 HTTP/1.1',
    'MGLNDD_1.2.3.4_80',
    ' / HTTP/1.1',
    'GET HTTP/1.1',
  ])
    t.notOk(requestInto(call, line), line)
  t.equal(call.target, '')
})

t.test('methods and targets have a shape', async t => {
  t.ok(isMethod('PATCH'))
  t.notOk(isMethod('A'.repeat(33)))
  t.notOk(isMethod('G\\x'))
  t.ok(isTarget('https://a/b'))
  t.notOk(isTarget('://a'))
  t.notOk(isTarget('h1://a'))
})
