import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lockFolder } from '../../services/platform/folder-lock.ts'

const BIN = join(import.meta.dirname, '../../services/cli/lastcall.js')
const CONFIG = `apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`

async function lastcall(
  ...args: readonly string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = [[] as string[], [] as string[]]
  child.stdout.on('data', chunk => stdout.push(String(chunk)))
  child.stderr.on('data', chunk => stderr.push(String(chunk)))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** A fault as a person sees it: what, its code, what to do; no stack. */
function saysClearly(t: Test, stderr: string, code: string): void {
  t.match(stderr, `[${code}]`)
  t.equal(stderr.trimEnd().split('\n').length, 2, stderr)
  t.notMatch(stderr, /\n\s+at /)
}

t.test('a port that is taken is one clear line and exit 3', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const folder = t.testdir({ 'lastcall.yaml': CONFIG })
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { status, stdout, stderr } = await lastcall(
    'up',
    '--config',
    join(folder, 'lastcall.yaml'),
    '--data',
    join(folder, 'data'),
    '--port',
    String(port),
    '--log-level',
    'error',
  )
  t.equal(status, 3)
  t.equal(stdout, '')
  saysClearly(t, stderr, 'LC_LISTEN_PORT')
})

t.test('a data folder that somebody holds is one clear line and exit 3', async t => {
  const folder = t.testdir({ 'lastcall.yaml': CONFIG, data: {} })
  const lock = lockFolder(join(folder, 'data', 'clickhouse.lock'), 'the folder')
  t.teardown(() => lock.release())
  const { status, stderr } = await lastcall(
    'up',
    '--config',
    join(folder, 'lastcall.yaml'),
    '--data',
    join(folder, 'data'),
    '--port',
    '0',
    '--log-level',
    'error',
  )
  t.equal(status, 3)
  saysClearly(t, stderr, 'LC_DATA_LOCKED')
})

t.test('a configuration that is missing or broken is exit 2, with the file named', async t => {
  const folder = t.testdir({ 'broken.yaml': 'apis: [', 'wrong.yaml': 'apis:\n  - { id: a, polici: scale }\n' })
  for (const name of ['missing.yaml', 'broken.yaml', 'wrong.yaml']) {
    const { status, stdout, stderr } = await lastcall(
      'up',
      '--config',
      join(folder, name),
      '--data',
      join(folder, 'data'),
      '--port',
      '0',
    )
    t.equal(status, 2, name)
    t.equal(stdout, '')
    t.match(stderr, name)
    t.match(stderr, /\[?LC_/)
    t.notMatch(stderr, /\n\s+at /)
  }
})
