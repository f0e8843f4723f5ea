import t from 'tap'
import { isLocalRequest, isLoopback, newToken, tokenAllowed, tokenDigest, tokenOf, tokensFor } from './access.ts'

t.test(
  'a token is read from bearer, the password of Basic, the access key of Firehose, and the other ways senders have',
  async t => {
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
    t.equal(tokenOf({ authorization: 'Bearer fake' }), 'fake')
    t.equal(tokenOf({ authorization: 'bEARER  fake ' }), 'fake')
    t.equal(tokenOf({ authorization: basic('anyone:fa:ke') }), 'fa:ke')
    t.equal(tokenOf({ 'x-amz-firehose-access-key': 'fake' }), 'fake')
    t.equal(tokenOf({ 'x-api-key': 'fake' }), 'fake')
    t.equal(tokenOf({ authorization: 'Splunk fake' }), 'fake')
    for (const authorization of ['', 'fake', 'Bearer', 'Digest fake', basic('')])
      t.equal(tokenOf({ authorization }), '', authorization)
    t.equal(tokenOf({}), '')
  },
)

t.test('only a token whose digest is known is allowed', async t => {
  const known = [tokenDigest('one'), tokenDigest('two')]
  t.ok(tokenAllowed('one', known))
  t.ok(tokenAllowed('two', known))
  for (const wrong of ['', 'three', tokenDigest('one'), 'ONE']) t.notOk(tokenAllowed(wrong, known), wrong)
  t.notOk(tokenAllowed('one', []))
  t.notOk(tokenAllowed('', [tokenDigest('')]), 'no token is none, whatever was declared')
  t.notOk(tokenAllowed('one', ['', 'zz', tokenDigest('one').slice(2)]), 'digests that are none match nothing')
})

t.test('local is a loopback address under a loopback name, handed on by nobody', async t => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) t.ok(isLoopback(address), address)
  for (const address of ['10.0.0.1', '::', '::2', '127.0.0.1.evil.example', '127.evil.example', '', undefined])
    t.notOk(isLoopback(address), String(address))
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]', '[::1]:8080'])
    t.ok(isLocalRequest('127.0.0.1', { host }), host)
  for (const host of ['evil.example', 'localhost.evil.example', '127.evil.example', '', '[evil]'])
    t.notOk(isLocalRequest('127.0.0.1', { host }), host)
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip'])
    t.notOk(isLocalRequest('127.0.0.1', { host: 'localhost', [header]: '127.0.0.1' }), header)
  t.notOk(isLocalRequest('192.0.2.1', { host: 'localhost' }))
})

t.test('a source with tokens of its own takes only those', async t => {
  t.strictSame(tokensFor(['own'], ['all']), ['own'])
  t.strictSame(tokensFor([], ['all']), ['all'])
})

t.test('a new token is 256 random bits behind a prefix that scanners can look for', async t => {
  t.match(newToken(), /^lct_[A-Za-z0-9_-]{43}$/)
  t.not(newToken(), newToken())
})
