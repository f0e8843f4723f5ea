import { appendFile, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../domain/clock.ts'
import { asCombined, asKong, asNginxJson } from './gateways.ts'
import { callsOfDay, type DemoCall } from './plan.ts'
import { actorsOf } from './world.ts'

export interface TrafficOptions {
  readonly seed: string
  /** Midnight UTC of the world's first day, milliseconds. */
  readonly start: number
  /** Where the installation takes uploads, `http://127.0.0.1:8080`. */
  readonly url: string
  /** Folder of the invented gateways' files. */
  readonly logs: string
  readonly clock: Clock
  /** Headers the invented upstream sends on an old operation: what a well-kept API would. */
  readonly headersOf: (call: DemoCall) => Readonly<Record<string, string>>
  /** Told of all that was handed over. */
  readonly onSent: (calls: readonly DemoCall[]) => void
  readonly signal: AbortSignal
}

const DAY = 86_400_000
/** A file is rotated when it is this long: the follower has to cope before one's eyes. */
const ROTATE_BYTES = 200_000

/** All calls of the world in [from, to), milliseconds UTC, in order of time. */
export function callsBetween(seed: string, start: number, from: number, to: number): DemoCall[] {
  const calls: DemoCall[] = []
  for (let day = Math.floor((from - start) / DAY); day <= Math.floor((to - 1 - start) / DAY); day += 1) {
    for (const actor of actorsOf(seed))
      for (const call of callsOfDay(seed, actor, start, day)) if (call.time >= from && call.time < to) calls.push(call)
  }
  return calls.sort((a, b) => a.time - b.time)
}

/** Sends the past as uploads, a day at a time, through the door every user's logs come in by. */
export async function sendHistory(
  options: TrafficOptions,
  from: number,
  to: number,
  onDay: (done: number, of: number) => void,
): Promise<number> {
  let sent = 0
  const days = Math.ceil((to - from) / DAY)
  for (let day = 0; day < days; day += 1) {
    if (options.signal.aborted) return sent
    const calls = callsBetween(options.seed, options.start, from + day * DAY, Math.min(to, from + (day + 1) * DAY))
    const bodies = bySource(calls, options)
    await Promise.all(
      [...bodies].map(([source, lines]) =>
        post(options, source, lines.join('\n'), `demo ${options.seed} ${options.start} ${source} ${day}`),
      ),
    )
    options.onSent(calls)
    sent += calls.length
    onDay(day + 1, days)
  }
  return sent
}

/** Goes on for ever: what is due is written as the gateways write it. Returns when `signal` aborts. */
export async function liveTraffic(options: TrafficOptions, from: number): Promise<void> {
  let through = from
  while (!options.signal.aborted) {
    const now = options.clock.now()
    const calls = [...callsBetween(options.seed, options.start, through, now), ...heartbeats(options, through, now)]
    through = now
    const bodies = bySource(calls, options)
    await Promise.all([
      ...(bodies.get('edge-kong') ?? []).map(line => post(options, 'edge-kong', line, undefined).catch(() => {})),
      write(`${options.logs}/atlas.access.json`, bodies.get('web-atlas') ?? []),
      write(`${options.logs}/sift.access.log`, bodies.get('web-sift') ?? []),
    ])
    options.onSent(calls)
    await pause(1_000, options.signal)
  }
}

/** A customer of harbor that never rests, one call every two seconds of real time, so that a person sees the numbers move. */
function heartbeats(options: TrafficOptions, from: number, to: number): DemoCall[] {
  const busy = actorsOf(options.seed).find(actor => actor.api === 'harbor' && actor.rhythm === 'hourly' && !actor.test)
  const operation = busy?.old[0]
  if (busy === undefined || operation === undefined || to <= from) return []
  const path = operation.template.replaceAll(/\{\w+\}/g, '4711')
  return [
    {
      time: to - 1,
      actor: busy,
      side: 'old',
      operation,
      path,
      status: 201,
      key: busy.key,
      durationMs: 40,
      requestId: `demo-live-${to}`,
    },
  ]
}

function bySource(calls: readonly DemoCall[], options: TrafficOptions): Map<string, string[]> {
  const bodies = new Map<string, string[]>()
  for (const call of calls) {
    const headers = options.headersOf(call)
    const [source, line] =
      call.actor.api === 'harbor'
        ? ['edge-kong', asKong(call, headers)]
        : call.actor.api === 'atlas'
          ? ['web-atlas', asNginxJson(call, headers)]
          : ['web-sift', asCombined(call)]
    const lines = bodies.get(source)
    if (lines === undefined) bodies.set(source, [line])
    else lines.push(line)
  }
  return bodies
}

async function post(options: TrafficOptions, source: string, body: string, key: string | undefined): Promise<void> {
  const response = await fetch(`${options.url}/ingest/${source}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    signal: options.signal,
  })
  if (!response.ok)
    throw new Error(`the demo's upload was answered ${response.status}: ${(await response.text()).slice(0, 200)}`)
  await response.arrayBuffer()
}

async function write(file: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const size = await stat(file).then(
    found => found.size,
    () => 0,
  )
  if (size > ROTATE_BYTES) {
    await rm(`${file}.1`, { force: true })
    await rename(file, `${file}.1`)
  }
  await appendFile(file, `${lines.join('\n')}\n`)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}
