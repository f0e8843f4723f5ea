import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyDigest } from '../../ingest/normalise/key-digest.ts'
import { loadConfig } from '../config/load.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import { readAddress } from '../embedded/address-file.ts'
import { type Running, startEmbedded } from '../embedded/embedded.ts'
import type { Log } from '../platform/log.ts'
import { openPeppers } from '../platform/pepper.ts'
import { consumersOf, demoFiles } from './catalogue.ts'
import type { DemoCall } from './plan.ts'
import { liveTraffic, sendHistory, type TrafficOptions } from './traffic.ts'
import { deprecationsOf, Truth } from './truth.ts'

export interface DemoOptions {
  readonly data: string
  readonly host: string
  readonly port: number
  readonly seed: string
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly notifyEveryMs: number
  readonly signal: AbortSignal
  /** Told of the history's progress, and when a stage of the start is done. */
  readonly say: (text: string) => void
}

export interface Demo {
  readonly running: Running
  readonly truth: Truth
  /** Calls of invented history that were sent at start. */
  readonly history: number
  stop(): Promise<void>
}

export const HISTORY_DAYS = 120
/** Marks a folder as the demo's own: only such a one is emptied at start. */
const MARK = 'lastcall-demo'

/**
 * Invented traffic for three APIs under the three published policies: 120 days of it at start, the rest live, all
 * through the doors a user's logs come in by. The folder is made anew at each start.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { data, seed, clock } = options
  const logs = join(data, 'gateways')
  await emptyFolder(data)
  await mkdir(logs, { recursive: true })
  await writeFile(join(data, MARK), 'This folder is made anew by `lastcall demo`.\n')
  const now = clock.now()
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO('UTC').toPlainDate()
  const start = today.subtract({ days: HISTORY_DAYS }).toZonedDateTime('UTC').epochMilliseconds
  const digest = createKeyDigest(await openPeppers({ folder: data, variable: 'LASTCALL_PEPPER', environment: {} }))
  const consumerOfKey = (realm: string, key: string): string => `${realm}:key:${digest.digest(key)}`
  const files = demoFiles(seed, today, logs, consumerOfKey)
  const config = join(data, 'lastcall.yaml')
  await writeFile(config, files.config)
  await writeFile(join(data, 'customers.csv'), files.customers)
  const loaded = await loadConfig(config, { environment: options.environment })
  if (loaded.catalogue === undefined || loaded.settings === undefined) {
    throw new LcError(
      'LC_DEMO_CONFIG',
      `The demo's own configuration has faults: ${loaded.findings[0]?.message ?? ''}`,
      'This is a fault of ours; please report it.',
    )
  }
  const running = await startEmbedded({
    ...options,
    catalogue: loaded.catalogue,
    settings: loaded.settings,
    watch: { file: config, loaded },
  })
  try {
    const truth = new Truth()
    const consumerOf = (call: DemoCall): string => storedConsumer(call, consumerOfKey)
    const count = (calls: readonly DemoCall[]): void => {
      for (const call of calls) truth.add(call, deprecationsOf(call), consumerOf(call))
    }
    const traffic: TrafficOptions = {
      seed,
      start,
      url: running.url,
      logs,
      clock,
      headersOf: headersOf(running),
      onSent: count,
      signal: options.signal,
    }
    const history = await sendHistory(traffic, start, now, (done, of) => options.say(`history: day ${done} of ${of}`))
    await running.settle()
    // The first round plans and sends nothing, as everywhere; the second writes to the outbox.
    for (let round = 0; round < 2; round += 1) await running.notifyOnce()
    await truth.write(join(data, 'truth.json'))
    const live = liveTraffic(traffic, now)
    return {
      running,
      truth,
      history,
      async stop() {
        await live
        await running.stop()
        await truth.write(join(data, 'truth.json'))
      },
    }
  } catch (error) {
    await running.stop()
    throw error
  }
}

/** The id under which a call will be stored, told from the world; '' for refused and keyless ones. */
function storedConsumer(call: DemoCall, consumerOfKey: (realm: string, key: string) => string): string {
  if (call.status === 401) return ''
  const ids = consumersOf(call.actor, consumerOfKey)
  return (call.key === call.actor.newKey ? ids[1] : ids[0]) ?? ids[0] ?? ''
}

/** What a well-kept API answers on an old operation: the dates of the catalogue, in the policy's dialect. */
function headersOf(running: Running): TrafficOptions['headersOf'] {
  return call => {
    if (call.actor.api !== 'harbor' || call.side !== 'old') return {}
    const [id = ''] = deprecationsOf(call)
    const sunset = running.catalogue().deprecations.get(id)?.sunset
    if (sunset === undefined) return {}
    const httpDate = new Date(sunset.instant).toUTCString()
    return {
      deprecation: httpDate,
      sunset: httpDate,
      link: '</v2>; rel="successor-version"',
      'x-layers-api-version': 'v1',
    }
  }
}

async function emptyFolder(folder: string): Promise<void> {
  const holder = await readAddress(folder)
  if (holder !== undefined)
    throw new LcError(
      'LC_DATA_LOCKED',
      `A demo runs on ${folder} already: ${holder.url}`,
      'Stop it, or give this one a folder of its own with --data.',
      3,
    )
  const marked = await readFile(join(folder, MARK), 'utf8').then(
    () => true,
    () => false,
  )
  if (marked) return rm(folder, { recursive: true, force: true })
  const names = await readdir(folder).catch(() => [])
  if (names.length > 0)
    throw new LcError(
      'LC_DEMO_FOLDER',
      `${folder} holds something that is not the demo's.`,
      'The demo empties its folder at start: give it one of its own with --data.',
      2,
    )
}
