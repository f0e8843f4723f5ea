import type { Notice } from '../../services/domain/notice.ts'
import { type Plan, planNotices } from './plan.ts'
import { EMPTY_LEDGER, type LedgerView } from './view.ts'
import {
  api,
  at,
  catalogue,
  customer,
  deprecation,
  deprecationUsage,
  migration,
  usage,
  world,
} from './world.fixture.ts'
import type { DeprecationUsage } from './world.ts'

/** The smallest world: one customer, one deprecation, one caller. 28 days before the sunset of 2026-12-20. */
export const NOW = at('2026-11-22T09:00:00Z')
export const HOUR = 3_600_000

export const acme = customer('acme')
export const one = catalogue([api()], [deprecation()], [acme])

export function calling(now: number, last = now - HOUR): Record<string, DeprecationUsage> {
  return { 'content-generate': deprecationUsage(now, [usage('acme', last)], { acme: migration('active') }) }
}

export function plan(now: number, view: LedgerView = EMPTY_LEDGER, of = one, usages = calling(now)): Plan {
  return planNotices(world(now, of, usages), view)
}

/** Each due notice as `kind stage #occurrence rREVISION`. */
export function due(of: Plan): readonly string[] {
  return of.due.map(short)
}

function short({ kind, stage, occurrence, revision }: Notice): string {
  return `${kind}${stage === undefined ? '' : ` ${stage}`}${occurrence === 0 ? '' : ` #${occurrence}`} r${revision}`
}
