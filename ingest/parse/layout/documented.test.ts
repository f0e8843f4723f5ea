import { readFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { LAYOUT_COMPILERS } from './compile.ts'

const LINES: ReadonlyMap<string, string> = new Map([
  [
    'nginx-log-format',
    '203.0.113.9 [2026-11-22T03:23:24+00:00] 1795317804.892 0.012 api.example.com "GET /v1 HTTP/1.1" 200 "curl/8.5.0" "SECRET-KEY" acme 0123 "@1688169599" "-"',
  ],
  [
    'apache-log-format',
    'api.example.com:443 203.0.113.9 jane 2026-11-22T03:23:24.892+0000 "GET /v1 HTTP/1.1" 200 12000 "curl/8.5.0" "SECRET-KEY" "@1688169599" "-"',
  ],
  [
    'haproxy-log-format',
    '203.0.113.9:56114 [22/Nov/2026:03:23:24.892] fe be/s1 0/0/3/1/12 200 240 - - ---- 1/1/0/0/0 0/0 {api.example.com|curl/8.5.0|SECRET-KEY} {@1688169599} "GET /v1 HTTP/1.1"',
  ],
])

t.test('the layouts on the pages compile and read the line they stand for', async t => {
  for (const [name, compile] of LAYOUT_COMPILERS) {
    const page = readFileSync(new URL(`../../../docs/formats/${name}.md`, import.meta.url), 'utf8')
    const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(block => block[1] ?? '')
    const sources = blocks.flatMap(block => parse(block.startsWith('sources') ? block : `one:\n${block}`).sources ?? [])
    t.equal(sources.length, 1, name)
    t.hasStrict(
      compile(sources[0].layout).parse(LINES.get(name) ?? '', { zone: 'UTC', envelopeTime: 0, received: 0 }),
      {
        kind: 'ok',
        value: {
          time: Date.parse('2026-11-22T03:23:24.892Z'),
          target: '/v1',
          status: 200,
          durationMs: 12,
          agent: 'curl/8.5.0',
          clientIp: '203.0.113.9',
          deprecation: '@1688169599',
        },
      },
      name,
    )
  }
})
