/** A deprecation policy as data: presets ship as YAML, users extend them. No code names a policy. */
export interface Policy {
  readonly id: string
  readonly title: string
  /** Where the published text stands. */
  readonly source: string
  readonly selectors: readonly ('path' | 'header' | 'query' | 'media-type' | 'host')[]
  readonly notice: {
    /** Calendar days at least between announcement and sunset; 0 when the policy asks none. */
    readonly days: number
    /** Calendar months at least; 0 when the policy asks none. */
    readonly months: number
  }
  readonly sunset: 'required' | 'optional' | 'never-committed'
  /** A sunset may only move later. */
  readonly neverEarlier: boolean
  readonly requires: {
    readonly reason: boolean
    readonly successor: boolean
    readonly guide: boolean
    readonly support: boolean
    readonly changeClass: boolean
  }
  readonly changes: {
    /** What may not break while it lives: one version, or all versions of a major (`v2.2` lives in `v2`). */
    readonly unit: 'version' | 'major'
    readonly additive: readonly string[]
    readonly breaking: readonly string[]
    /** What a kind of neither list is: breaking, or whatever class the entry names. */
    readonly other: 'breaking' | 'ask'
  }
  /** Who is told at the announcement: those who call, all customers of the API, or nobody by mail. */
  readonly announcement: 'callers' | 'all-customers' | 'none'
  /** Days before the sunset at which a countdown notice is due, largest first; negative ones follow the sunset. */
  readonly stages: readonly number[]
  /** Without a date: how often, in days, a digest is due while calls go on; 0 never. */
  readonly digestDays: number
  /** A word for the state of a deprecation without a date, shown as it is. */
  readonly withoutDate: 'deprecated' | 'superseded'
  readonly headers: {
    readonly deprecation: 'rfc9745' | 'http-date' | 'none'
    readonly sunset: boolean
    readonly link: boolean
    readonly version: string
  }
  readonly afterSunset: 'gone' | 'unspecified'
  readonly channels: readonly ('mail' | 'headers' | 'changelog' | 'banner' | 'sdk-notes')[]
  /** Rule topic (`notice`, `selector`, …) → the clause of the published text it comes from. */
  readonly clauses: ReadonlyMap<string, string>
}
