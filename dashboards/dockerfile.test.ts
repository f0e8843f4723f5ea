import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '..')
const steps = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => {
    const at = line.indexOf(' ')
    return { word: line.slice(0, at), rest: line.slice(at + 1).trim() }
  })
const all = (word: string): readonly string[] => steps.filter(step => step.word === word).map(step => step.rest)
const copied = all('COPY').flatMap(rest => rest.split(/\s+/).slice(0, -1))

t.test('every step is one Docker knows', async t => {
  const known = [
    'FROM',
    'ENV',
    'WORKDIR',
    'COPY',
    'RUN',
    'VOLUME',
    'USER',
    'EXPOSE',
    'HEALTHCHECK',
    'ENTRYPOINT',
    'CMD',
  ]
  t.strictSame(
    steps.filter(({ word }) => !known.includes(word)),
    [],
  )
})

t.test('the base is the Node the repository runs on, pinned and slim', async t => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  t.strictSame(all('FROM'), [`node:${devDependencies.node}-trixie-slim`])
})

t.test('what is copied exists, and .dockerignore lets it through', async t => {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  t.ok(ignore.includes('*'), 'nothing goes along by accident')
  for (const path of copied) {
    t.ok(existsSync(join(root, path)), path)
    t.ok(ignore.includes(`!${path}`), `${path} is let through`)
  }
  t.strictSame(ignore.filter(line => line.startsWith('!')).sort(), copied.map(path => `!${path}`).sort())
})

t.test('everything our processes import is copied', async t => {
  const rooms = new Set(copied)
  for (const room of ['services', 'ingest', 'notifier']) t.ok(rooms.has(room), room)
})

t.test('it runs as a number that is not root, and asks itself whether it is ready', async t => {
  t.match(all('USER').at(-1), /^[1-9]\d*:[1-9]\d*$/)
  t.match(all('HEALTHCHECK').at(-1), /CMD \["node", "-e", ".*\/readyz.*"\]$/)
  t.strictSame(
    all('ENTRYPOINT').map(rest => JSON.parse(rest)),
    [['node', '/app/services/cli/lastcall.js']],
  )
  t.ok(existsSync(join(root, 'services/cli/lastcall.js')))
})
