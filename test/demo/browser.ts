import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A real browser, or undefined where the machine has none; where CI demands one its absence is a fault. */
export async function openBrowser(): Promise<Browser | undefined> {
  const executablePath = PLACES.find(place => existsSync(place))
  if (executablePath === undefined) {
    if (process.env.LASTCALL_REQUIRE_BROWSER === '1') throw new Error('a browser is demanded and none was found')
    return undefined
  }
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

export const WIDTHS = [375, 1280] as const
