import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Clock } from '../services/domain/clock.ts'
import type { ActiveDay, ConsumerUsage, UsageReader } from '../services/domain/usage.ts'
import type { Carrier } from './deliver/carrier.ts'
import { outbox } from './deliver/outbox.ts'
import { Notifier, type NotifierOptions } from './notifier.ts'
import { api, at, catalogue, customer, DAY, deprecation, usage } from './plan/world.fixture.ts'

/** A usage store as a value: who called until when, every day, in one half-hour. */
export interface Traffic {
  readonly id: string
  /** Milliseconds UTC. */
  readonly last: number
  /** First day on which the successor was called, milliseconds UTC; undefined for never. */
  readonly successorFrom?: number
}

export function readerOf(traffic: () => readonly Traffic[], seen: () => number): UsageReader {
  return {
    async consumersOf(): Promise<readonly ConsumerUsage[]> {
      return traffic().map(({ id, last }) => usage(id, last))
    },
    async activeDays(): Promise<readonly ActiveDay[]> {
      return traffic().flatMap(({ id, last, successorFrom }) => [
        ...daysOf(id, 'old', last - 100 * DAY, last),
        ...(successorFrom === undefined ? [] : daysOf(id, 'successor', successorFrom, seen())),
      ])
    },
    consumersLeftByDay: async () => [],
    async sourceHours() {
      const hour = Math.floor(seen() / 3_600_000) * 3_600_000
      return Array.from({ length: 120 }, (_, n) => ({
        source: 'edge',
        hour: hour - n * DAY,
        outcome: 'call',
        reason: '',
        lines: 5,
        heartbeats: 0,
        through: hour - n * DAY,
        lag: 0,
      }))
    },
    feedingSources: async () => ['edge'],
    consumersOfApi: async () => traffic().map(({ id }) => `kong:consumer:${id}`),
  }
}

function daysOf(id: string, side: 'old' | 'successor', from: number, until: number): ActiveDay[] {
  const days: ActiveDay[] = []
  for (let time = from; time <= until; time += DAY) {
    days.push({
      consumer: `kong:consumer:${id}`,
      side,
      day: new Date(time).toISOString().slice(0, 10),
      calls: 12,
      slots: 1n << 20n,
    })
  }
  return days
}

export class HandClock implements Clock {
  #now: number
  constructor(now: number) {
    this.#now = now
  }
  now(): number {
    return this.#now
  }
  set(now: number): void {
    this.#now = now
  }
  async sleep(ms: number): Promise<void> {
    this.#now += ms
  }
}

export interface Town {
  readonly clock: HandClock
  readonly ledgerFile: string
  readonly outboxFolder: string
  catalogue: Catalogue
  traffic: readonly Traffic[]
  /** When the source was last seen; undefined: now. */
  seen: number | undefined
  start(more?: Partial<NotifierOptions>): Notifier
}

export const NOW = at('2026-11-22T09:00:00Z')

/** A data folder, three customers that call daily, a clock one turns by hand. */
export function town(folder: string, customers: readonly string[] = ['acme', 'beta', 'gamma']): Town {
  mkdirSync(folder, { recursive: true })
  const clock = new HandClock(NOW)
  const self: Town = {
    clock,
    ledgerFile: join(folder, 'ledger.db'),
    outboxFolder: join(folder, 'outbox'),
    catalogue: catalogue(
      [api()],
      [deprecation()],
      customers.map(id => customer(id)),
    ),
    traffic: customers.map(id => ({ id, last: NOW - 3_600_000 })),
    seen: undefined,
    start(more = {}) {
      const carrier: Carrier = more.carrier ?? outbox(self.outboxFolder)
      return Notifier.start({
        catalogue: () => self.catalogue,
        reader: readerOf(
          () => self.traffic,
          () => self.seen ?? clock.now(),
        ),
        ledgerFile: self.ledgerFile,
        sender: { from: 'API changes <api-changes@provider.example>', replyTo: '', statusUrl: undefined },
        recipientCap: 100,
        ratePerMinute: 0,
        clock,
        signal: new AbortController().signal,
        ...more,
        carrier,
      })
    },
  }
  return self
}
