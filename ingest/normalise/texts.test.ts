import { readFile } from 'node:fs/promises'
import t from 'tap'
import { normaliseAgent } from './agent.ts'
import { normaliseHost } from './host.ts'
import { createKeyDigest } from './key-digest.ts'
import { NormaliserMemory } from './memory.ts'
import { isInNetwork, networkOf, readAddress, readNetwork } from './net.ts'
import { normaliseRequestId } from './request-id.ts'
import { normaliseHeader, normaliseLink } from './response-header.ts'
import { cut } from './scrub-text.ts'
import { TEST_AGENTS } from './test-traffic.ts'

t.test('agents keep their name and major.minor', async t => {
  const kept: Record<string, string> = {
    'python-requests/2.32.3': 'python-requests/2.32',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36':
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36',
    'acme-sdk-js/4.1.0-beta.2 node/26.1.0': 'acme-sdk-js/4.1-beta.2 node/26.1',
    'aws-sdk-java/2.20.26 Linux/5.10.176-157.645.amzn2.x86_64': 'aws-sdk-java/2.20 Linux/5.10-157.645.amzn2.x86_64',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)':
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'MyApp/1.0 (token=FAKE; ann@corp.example)': 'MyApp/1.0 (token={}; {})',
    'bot (+https://x.example/a?key=1&id=2)': 'bot (+https://x.example/a)',
    'a\r\nb\0c\x85d': 'a b c d',
    '-': '',
    'Mönitor/1.0 ✓': 'Mönitor/1.0 ✓',
  }
  for (const [logged, text] of Object.entries(kept)) t.equal(normaliseAgent(logged), text)
  t.equal(normaliseAgent('word '.repeat(100_000)).length, 128)
  t.ok(normaliseAgent(`${'a '.repeat(63)}a😀😀`).isWellFormed())
})

t.test('200,000 fresh agents are 10,000 agents and one other, until the day is over', async t => {
  const memory = new NormaliserMemory()
  memory.turn(Date.UTC(2026, 10, 22))
  const kept = new Set<string>()
  for (let i = 0; i < 200_000; i++) kept.add(memory.agents.keep('edge', `agent-${String(i)}`))
  t.equal(kept.size, 10_001)
  t.ok(kept.has('__other__'))
  t.equal(memory.agents.keep('edge', 'agent-7'), 'agent-7')
  t.equal(memory.agents.keep('other-source', 'fresh'), 'fresh')
  memory.turn(Date.UTC(2026, 10, 22, 23, 59))
  t.equal(memory.agents.keep('edge', 'fresh'), '__other__')
  memory.turn(Date.UTC(2026, 10, 23))
  t.equal(memory.agents.keep('edge', 'fresh'), 'fresh')
  memory.turn(Date.UTC(2026, 10, 22))
  t.equal(memory.generation, 2, 'a clock set back forgets nothing')
})

t.test('response headers stay as they were seen, without secrets', async t => {
  for (const value of ['@1688169599', 'true', 'Sun, 30 Jun 2024 23:59:59 GMT', 'v1', '2024-10-01.acacia'])
    t.equal(normaliseHeader(value), value)
  t.equal(normaliseHeader('on '.repeat(300)).length, 256)
  t.equal(
    normaliseLink(
      '<https://u:p@api.example/v2/orders?token=FAKE&page=2#top>; rel="successor-version", </guide>; rel="deprecation"',
    ),
    '<https://api.example/v2/orders?token=&page=>; rel="successor-version", </guide>; rel="deprecation"',
  )
  t.equal(normaliseLink('-'), '')
})

t.test('request ids are kept when plain and short', async t => {
  const digest = createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] })
  for (const id of ['2f6946328ffc4946b8c9120704a4a155', 'GQIVriFLIAMEMsA=', 'Root=1-58337281-1d84f3d73c47ec4e58577259'])
    t.equal(normaliseRequestId(id, digest), id)
  for (const id of ['a b', 'x'.repeat(65), 'é', 'sk_live_FAKE'])
    t.match(normaliseRequestId(id, digest), /^p1\.[0-9a-f]{32}$/)
  t.equal(normaliseRequestId('-', digest), '')
})

t.test('of an address its network is kept', async t => {
  const net = (text: string): string => {
    const address = readAddress(text)
    return address === undefined ? '' : networkOf(address)
  }
  t.equal(net('203.0.113.77'), '203.0.113.0/24')
  t.equal(net('203.0.113.77:8080'), '203.0.113.0/24')
  t.equal(net(' 203.0.113.77, 10.0.0.1'), '203.0.113.0/24')
  t.equal(net('::ffff:203.0.113.77'), '203.0.113.0/24')
  t.equal(net('2001:db8:1:2::3'), '2001:db8:1::/48')
  t.equal(net('[2001:DB8:0:1::3]:443'), '2001:db8::/48')
  t.equal(net('fe80::1%eth0'), 'fe80::/48')
  t.equal(net('::'), '::/48')
  t.equal(net('1:2:3:4:5:6:7.8.9.10'), '1:2:3::/48')
  for (const text of [
    '',
    '-',
    'unix:',
    '256.1.1.1',
    '1.2.3',
    '1:2:3',
    '1::2::3',
    '[::1',
    ':::',
    'api.example',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
  ])
    t.equal(net(text), '', text)
})

t.test('networks are CIDR blocks or one address', async t => {
  const inside = (address: string, cidr: string): boolean => {
    const bytes = readAddress(address)
    const network = readNetwork(cidr)
    return bytes !== undefined && network !== undefined && isInNetwork(bytes, network)
  }
  t.ok(inside('10.255.0.1', '10.0.0.0/8'))
  t.ok(inside('192.168.1.129', '192.168.1.128/25'))
  t.notOk(inside('192.168.1.127', '192.168.1.128/25'))
  t.ok(inside('2001:db8::5', '2001:db8::/32'))
  t.notOk(inside('10.0.0.1', '::/0'))
  t.ok(inside('10.0.0.1', '0.0.0.0/0'))
  t.ok(inside('10.0.0.1', '10.0.0.1'))
  t.equal(readNetwork('10.0.0.0/33'), undefined)
})

t.test('hosts are compared lower-case, without port, dot or userinfo', async t => {
  const hosts: Record<string, string> = {
    'API.Example': 'api.example',
    'api.example.:443': 'api.example',
    'u:p@api.example': 'api.example',
    '[2001:DB8::1]:443': '2001:db8::1',
    '127.0.0.1:8000': '127.0.0.1',
    'bücher.example': 'xn--bcher-kva.example',
    _: '',
    '-': '',
    'a b': '',
    'a.example, b.example': '',
    'a..example': '',
    'api.example:port': '',
  }
  for (const [logged, host] of Object.entries(hosts)) t.equal(normaliseHost(logged), host, logged)
})

t.test('a text is never cut through a character', async t => {
  t.equal(cut('a😀', 2), 'a')
  t.equal(cut('a😀', 3), 'a😀')
})

t.test('the built-in list of test traffic stands in the docs, all of it', async t => {
  const page = await readFile(new URL('../../docs/matching.md', import.meta.url), 'utf8')
  const list = page.slice(page.indexOf('contains one of'))
  t.same(
    [...list.matchAll(/`([^`]+)`/g)].map(match => match[1]),
    TEST_AGENTS,
  )
})
