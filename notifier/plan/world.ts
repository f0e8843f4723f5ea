import type { Catalogue } from '../../services/domain/catalogue.ts'
import type { ConsumerUsage } from '../../services/domain/usage.ts'
import type { Migration } from '../../services/migration/state.ts'

/** All that a plan rests on, read at one moment. A value. */
export interface World {
  readonly catalogue: Catalogue
  /** Milliseconds UTC. */
  readonly now: number
  /** By deprecation id. What is announced and not in here could not be read: it is held. */
  readonly usage: ReadonlyMap<string, DeprecationUsage>
  /** Customers ever seen on an API, by API id; only for APIs where somebody tells all customers. */
  readonly customersSeen: ReadonlyMap<string, ReadonlySet<string>>
  /** Why something could not be read, by deprecation id. */
  readonly faults: ReadonlyMap<string, string>
}

export interface DeprecationUsage {
  /** Exactly matched calls only, class `use`, refused ones left out. */
  readonly consumers: readonly ConsumerUsage[]
  /** By consumer. */
  readonly states: ReadonlyMap<string, Migration>
  /** States are as of the end of this UTC day, in milliseconds; later calls count as being back. */
  readonly statesUntil: number
  /** Sources that feed the API, with the last moment each was seen, milliseconds UTC; 0 when never. */
  readonly feeding: ReadonlyMap<string, number>
}
