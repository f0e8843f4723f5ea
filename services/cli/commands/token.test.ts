import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { tokenDigest } from '../../platform/access.ts'
import { systemClock } from '../../platform/clock.ts'
import { run } from '../run.ts'

async function lastcall(...words: string[]) {
  let stdout = ''
  let stderr = ''
  const status = await run(words, {
    stdout: text => {
      stdout += text
    },
    stderr: text => {
      stderr += text
    },
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: AbortSignal.timeout(60_000),
  })
  return { status, stdout, stderr }
}

const MAIN = `# who may do what
access: # of the whole installation
  read: [] # nobody yet
include: [more.yaml]
sources:
  - { id: edge, format: auto, realm: one } # the edge
`
const MORE = `sources:
  # the web servers
  - id: web # on port 80
    format: auto
`

function folder(t: Test) {
  const dir = t.testdir({ 'lastcall.yaml': MAIN, 'more.yaml': MORE })
  const config = join(dir, 'lastcall.yaml')
  return { config, main: () => readFileSync(config, 'utf8'), more: () => readFileSync(join(dir, 'more.yaml'), 'utf8') }
}

t.test('a new token is printed once, and its digest stands with its source, in the file of that source', async t => {
  const { config, main, more } = folder(t)
  chmodSync(config, 0o640)
  const web = await lastcall('token', 'new', 'web', '--config', config)
  t.equal(web.status, 0)
  const token = web.stdout.trim()
  t.match(token, /^lct_[\w-]{43}$/)
  t.equal(more(), `${MORE}    tokens: [ ${tokenDigest(token)} ]\n`)
  t.equal(main(), MAIN)
  t.notMatch(web.stderr, token)
  const edge = await lastcall('token', 'new', 'edge', '--config', config)
  t.match(main(), `tokens: [ ${tokenDigest(edge.stdout.trim())} ] } # the edge`)
  t.match(main(), '# who may do what')
  t.equal(statSync(config).mode & 0o777, 0o640, 'the mode stays')
})

t.test('tokens for all sources and for reading stand under access', async t => {
  const { config, main } = folder(t)
  const read = JSON.parse((await lastcall('token', 'new', '--read', '--json', '--config', config)).stdout)
  const ingest = JSON.parse((await lastcall('token', 'new', '--ingest', '--json', '--config', config)).stdout)
  t.equal(read.digest, tokenDigest(read.token))
  t.match(main(), '# nobody yet')
  const list = JSON.parse((await lastcall('token', 'list', '--json', '--config', config)).stdout)
  t.strictSame(
    list.map((one: { for: string; digest: string }) => [one.for, one.digest]),
    [
      ['access.ingest', ingest.digest],
      ['access.read', read.digest],
    ],
  )
})

t.test('a token is revoked by the beginning of its digest, and the others stay', async t => {
  const { config } = folder(t)
  const digests: string[] = []
  for (let made = 0; made < 3; made += 1)
    digests.push(JSON.parse((await lastcall('token', 'new', 'web', '--json', '--config', config)).stdout).digest)
  const [first = '', second = '', third = ''] = digests
  t.equal((await lastcall('token', 'revoke', second.slice(0, 10), '--config', config)).status, 0)
  const list = (await lastcall('token', 'list', '--config', config)).stdout
  t.match(list, first)
  t.match(list, third)
  t.notMatch(list, second)
  await lastcall('token', 'revoke', first, '--config', config)
  t.match((await lastcall('token', 'revoke', third, '--config', config)).stderr, 'has no token of its own now')
})

t.test('what names no source, or no one token, is told and changes nothing', async t => {
  const { config, main } = folder(t)
  for (const [words, code] of [
    [['token', 'new', 'nowhere'], 'LC_TOKEN_SOURCE'],
    [['token', 'new'], 'LC_CLI_FLAGS'],
    [['token', 'new', 'edge', '--read'], 'LC_CLI_FLAGS'],
    [['token', 'revoke', 'abc'], 'LC_CLI_FLAGS'],
    [['token', 'revoke', '0123456789'], 'LC_TOKEN_UNKNOWN'],
  ] as const) {
    const { status, stderr } = await lastcall(...words, '--config', config)
    t.equal(status, 2)
    t.match(stderr, code)
  }
  t.equal(main(), MAIN)
})
