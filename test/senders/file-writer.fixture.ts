import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { type Receiver, requestOrders, type Stored } from './syslog-senders.fixture.ts'

export const SENT = 10_000
const ROUNDS = 5

/** As logrotate does with `create` and a `postrotate` that asks the writer to reopen. */
async function rotate(into: Receiver): Promise<void> {
  const log = join(into.folder, 'access.log')
  for (const n of [3, 2, 1]) await rename(`${log}.${n}`, `${log}.${n + 1}`).catch(() => {})
  await rename(log, `${log}.1`)
  process.kill(Number(await readFile(join(into.folder, 'web.pid'), 'utf8')), 'SIGUSR1')
}

/** 10,000 requests in five rounds, a rotation after each but the last; the follower is killed once and is away over a rotation. */
export async function writeWhileKilled(t: Test, into: Receiver, port: number): Promise<void> {
  const each = SENT / ROUNDS
  let answered = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const requesting = requestOrders(port, round * each, (round + 1) * each, 5)
    const killing = round === 2 ? delay(40).then(() => into.killOnce()) : undefined
    answered += await requesting
    if (round < ROUNDS - 1) await rotate(into)
    await killing
    // An old worker finishes what it has: in the file it has open, on the connections it took.
    await delay(1_500)
  }
  t.equal(answered, SENT, 'every request was answered')
  onceEach(t, await into.finish(SENT))
}

function onceEach(t: Test, stored: Stored): void {
  t.comment(JSON.stringify({ sent: SENT, ...stored }))
  t.equal(stored.calls, SENT)
  t.equal(stored.distinct, SENT)
  t.equal(stored.tallied, SENT)
  t.equal(stored.others, 0)
}
