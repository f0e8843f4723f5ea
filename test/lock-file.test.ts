import { readFileSync } from 'node:fs'
import t from 'tap'
import { missingPlatforms } from './lock-file.ts'

t.test('npm ci works on every platform: no platform package is missing from the lock', async t => {
  t.same(missingPlatforms(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))), [])
})

t.test('a platform package left out of a lock is found, with the platform its name tells', async t => {
  const lock = { packages: { 'node_modules/a': { optionalDependencies: { '@a/lib-linux-x64-musl': '^1.2.3' } } } }
  t.same(missingPlatforms(lock), [
    {
      name: '@a/lib-linux-x64-musl',
      of: 'node_modules/a',
      entry: { version: '1.2.3', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    },
  ])
})
