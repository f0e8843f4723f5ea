import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemo } from '../../services/demo/demo.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { openBrowser } from './browser.ts'

/** `npm run screenshots`: the pictures of the README, taken of the demo. */
const folder = await mkdtemp(join(tmpdir(), 'lastcall-pictures-'))
const stop = new AbortController()
const demo = await startDemo({
  data: folder,
  host: '127.0.0.1',
  port: 0,
  seed: 'autumn',
  clock: systemClock,
  environment: {},
  log: silentLog,
  notifyEveryMs: 0,
  signal: stop.signal,
  say: () => {},
})
const browser = await openBrowser()
if (browser === undefined) throw new Error('no browser was found')
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 })
const images = join(import.meta.dirname, '../../docs/images')
for (const [name, path] of [
  ['overview', '/'],
  ['deprecation', '/deprecations/content-generate'],
  ['customer', '/customers/Beacon%20Street%20Labs'],
  ['letters', '/outbox'],
] as const) {
  await page.goto(demo.running.url + path, { waitUntil: 'networkidle' })
  await page.screenshot({ path: join(images, `${name}.png`), fullPage: name === 'overview' })
}
const letter = await page
  .locator('td a[href^="/outbox/"]', { hasText: /ends|days|sunset/ })
  .first()
  .getAttribute('href')
await page.goto(`${demo.running.url}${letter}/html`, { waitUntil: 'networkidle' })
await page.setViewportSize({ width: 760, height: 900 })
await page.screenshot({ path: join(images, 'letter.png') })
await browser.close()
stop.abort()
await demo.stop()
await rm(folder, { recursive: true, force: true })
