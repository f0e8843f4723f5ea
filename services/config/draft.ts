import type {
  Api,
  Change,
  Customers,
  Finding,
  Operation,
  Place,
  Source,
  Sunset,
  Thing,
  VersionRelease,
  VersionSelector,
} from '../domain/catalogue.ts'
import type { Policy } from '../domain/policy.ts'
import type { Item } from './item.ts'
import type { ApiYaml, ChangeYaml, DeprecationYaml } from './schema/api.ts'

/**
 * Everything declared, each part readable by itself and none judged against another. What could not be read is
 * `undefined` (its fault stands already), so that the rules may still judge the rest.
 */
export interface Draft {
  readonly sources: readonly DraftSource[]
  readonly apis: readonly DraftApi[]
  readonly deprecations: readonly DraftDeprecation[]
  readonly customers: Customers
  /** Consumers that customers claim, and where. */
  readonly claims: readonly Claim[]
}

export interface Claim {
  readonly consumer: string
  readonly place: Place
}

export interface DraftSource {
  readonly source: Source
  readonly place: Place
}

export interface DraftApi extends Pick<Api, 'id' | 'hosts' | 'zone' | 'support'> {
  readonly item: Item<ApiYaml>
  readonly policy: Policy | undefined
  readonly selector: VersionSelector | undefined
  /** Operations in a list or an OpenAPI file; undefined when there is neither. */
  readonly listed: readonly Operation[] | undefined
  readonly versions: readonly VersionRelease[]
  readonly changes: readonly DraftChange[]
}

export interface DraftChange extends Omit<Change, 'class'> {
  readonly item: Item<ChangeYaml>
  /** As written; the policy may know better. */
  readonly written: Change['class'] | undefined
}

export interface DraftDeprecation {
  readonly item: Item<DeprecationYaml>
  readonly id: string
  readonly api: DraftApi | undefined
  readonly thing: Thing | undefined
  readonly successor: Thing | undefined
  readonly announced: Temporal.PlainDate | undefined
  readonly retirement: Temporal.PlainDate | undefined
  readonly sunset: Sunset | undefined
}

/** One thing that can be wrong between parts. Pure; one rule is one file. */
export type Rule = (draft: Draft) => readonly Finding[]
