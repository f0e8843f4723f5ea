import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Clock } from '../domain/clock.ts'
import { loadConfig } from './load.ts'
import { watchConfig } from './watch.ts'

/** A clock whose seconds pass when the test says so: `second()` ends when the next sleep has begun. */
function steppedClock() {
  let release = () => {}
  let asleep = () => {}
  let sleeping = new Promise<void>(resolve => {
    asleep = resolve
  })
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        release = resolve
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        asleep()
      }),
  }
  const second = async () => {
    await sleeping
    sleeping = new Promise<void>(resolve => {
      asleep = resolve
    })
    release()
    await sleeping
  }
  return { clock, seconds: async (count: number) => void (await Array.fromAsync({ length: count }, second)) }
}

async function watched(t: Test, files: Record<string, string>) {
  const dir = t.testdir(files)
  const main = join(dir, 'lastcall.yaml')
  const told: string[] = []
  const { clock, seconds } = steppedClock()
  const stop = new AbortController()
  const environment = {}
  const ended = watchConfig(main, {
    environment,
    clock,
    signal: stop.signal,
    loaded: await loadConfig(main, { environment }),
    onGood: ({ catalogue, settings }) => told.push(`good ${settings.listen.port} ${[...catalogue.sources.keys()]}`),
    onBad: findings => told.push(`bad ${findings.map(({ code }) => code)}`),
  })
  t.teardown(async () => {
    stop.abort(new Error('enough'))
    await ended
  })
  // The first looks find what changed since the load: nothing.
  await seconds(3)
  return {
    told,
    seconds,
    stop,
    ended,
    write: (name: string, text: string) => writeFileSync(join(dir, name), text),
    remove: (name: string) => rmSync(join(dir, name)),
  }
}

t.test('a change is taken over whole, once it has stood still for a second', async t => {
  const { told, seconds, write } = await watched(t, { 'lastcall.yaml': 'listen: { port: 1 }\n' })
  t.same(told, [])
  write('lastcall.yaml', 'listen: { port: 22 }\n')
  await seconds(1)
  t.same(told, [])
  await seconds(1)
  t.same(told, ['good 22 auto'])
  await seconds(3)
  t.same(told, ['good 22 auto'])
})

t.test('a bad change is told and what was good stays; mended, it is taken over', async t => {
  const { told, seconds, write } = await watched(t, { 'lastcall.yaml': 'listen: { port: 1 }\n' })
  write('lastcall.yaml', 'listen: { prt: 1 }\n')
  await seconds(3)
  t.same(told, ['bad LC_KEY_UNKNOWN'])
  write('lastcall.yaml', 'listen: { port: 333 }\n')
  await seconds(3)
  t.same(told, ['bad LC_KEY_UNKNOWN', 'good 333 auto'])
})

t.test('files that are named, and new ones that fit a pattern, are watched too', async t => {
  const { told, seconds, write } = await watched(t, {
    'lastcall.yaml': 'include: [s*.yaml]\ncustomers: { file: c.csv }\n',
    's1.yaml': 'sources: [{ id: one }]\n',
    'c.csv': 'customer\nacme\n',
  })
  write('s2.yaml', 'sources: [{ id: two }]\n')
  await seconds(4)
  t.same(told, ['good 8080 auto,one,two'])
  write('c.csv', 'customer,contact\nacme\n')
  await seconds(4)
  t.same(told.slice(1), ['bad LC_CSV_ROW'])
})

t.test('a file that goes and comes back is noticed both times', async t => {
  const { told, seconds, write, remove } = await watched(t, {
    'lastcall.yaml': 'customers: { file: c.csv }\n',
    'c.csv': 'customer\nacme\n',
  })
  remove('c.csv')
  await seconds(4)
  write('c.csv', 'customer\nbirch\n')
  await seconds(4)
  remove('lastcall.yaml')
  await seconds(4)
  write('lastcall.yaml', 'listen: { port: 4444 }\n')
  await seconds(4)
  t.same(told, ['bad LC_FILE_UNREADABLE', 'good 8080 auto', 'bad LC_CONFIG_UNREADABLE', 'good 4444 auto'])
})

t.test('the watch ends when it is told to', async t => {
  const { stop, ended } = await watched(t, { 'lastcall.yaml': '' })
  stop.abort(new Error('enough'))
  await t.resolves(ended)
})
