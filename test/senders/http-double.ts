import { setTimeout as delay } from 'node:timers/promises'
import type { Sender } from '../contract/senders-table.ts'
import type { Policy } from './http-policies.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/** What a double knows of its records when it has done all it would. */
export interface Sent {
  readonly accepted: number
  /** Request ids it gave up, whether or not they had been stored before their answer was lost. */
  readonly givenUp: ReadonlySet<string>
  /** Attempts that were not answered 200. */
  readonly failed: number
}

export interface DoubleOptions {
  readonly policy: Policy
  /** Its requests: path, headers, body. */
  readonly sender: Sender
  readonly url: string
  readonly source: string
  readonly token: string
  /** One line each, by request id. */
  readonly records: ReadonlyMap<string, string>
  readonly random: () => number
  /** Resolves when the n-th record has come to it: what waits meanwhile goes out as fast as it can. */
  readonly due: (n: number) => Promise<void>
}

type Batch = readonly (readonly [id: string, line: string])[]

/** Sends all records as a sender with this policy does; resolves when each was answered 200 or given up. */
export async function sendAs(options: DoubleOptions): Promise<Sent> {
  const { policy, records, random, due } = options
  const waiting: (readonly [id: string, line: string])[] = [...records]
  const givenUp = new Set<string>()
  let [accepted, failed] = [0, 0]
  while (waiting.length > 0) {
    await due(records.size - waiting.length)
    const size = policy.again === 'regrouped' ? 1 + Math.floor(random() * policy.batch) : policy.batch
    let batch: Batch = waiting.splice(0, size)
    const post = poster(options)
    for (let attempt = 1; batch.length > 0; attempt += 1) {
      const status = await post(batch)
      if (status === 200) {
        accepted += batch.length
        break
      }
      failed += 1
      const again = (status === 0 ? policy.repeatsLost : policy.repeatsOn(status)) && attempt < policy.attempts
      if (!again) {
        for (const [id] of batch) givenUp.add(id)
        break
      }
      await delay(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS))
      if (policy.again === 'last') {
        for (const [id] of batch.slice(0, -1)) givenUp.add(id)
        batch = batch.slice(-1)
      } else if (policy.again === 'regrouped') {
        waiting.splice(Math.floor(random() * policy.batch), 0, ...batch)
        break
      }
    }
  }
  return { accepted, givenUp, failed }
}

/** Posts one batch, the same bytes under the same id each time; 0 when there was no answer. */
function poster({ policy, sender, url, source, token }: DoubleOptions): (batch: Batch) => Promise<number> {
  const id = crypto.randomUUID()
  const bodies = new Map<number, Buffer>()
  return async batch => {
    const body = bodies.get(batch.length) ?? sender.body(batch.map(([, line]) => line))
    bodies.set(batch.length, body)
    const headers = {
      ...sender.headers,
      ...sender.credential(token),
      ...(sender.dialect === 'firehose' ? { 'x-amz-firehose-request-id': id } : {}),
    }
    try {
      const response = await fetch(url + sender.path(source), {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(policy.timeoutMs),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return 0
    }
  }
}
