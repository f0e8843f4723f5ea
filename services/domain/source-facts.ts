/** What the calls of one source look like, over some time of receipt. Seconds where nothing else is said. */
export interface SourceFacts {
  readonly calls: number
  /** Of them, those that were not refused (401, 403): only they can name anybody. */
  readonly letIn: number
  /** Let in, and naming nobody. */
  readonly nobody: number
  /** On a template that no operation of the catalogue has. */
  readonly inferred: number
  /** Answered with a status below 300. */
  readonly well: number
  /** Distinct truncated addresses. */
  readonly networks: number
  /** Largest sampling weight; 1 without sampling. */
  readonly weight: number
  /** Without a request id and without a part of a second: an equal body cannot be told from a resend. */
  readonly alike: number
  /** From event to receipt; negative: the event lies in the future. */
  readonly lagMedian: number
  readonly lagP95: number
  /** How far the latest event lies ahead of its receipt; negative when none does. */
  readonly ahead: number
  /** The most frequent unknown templates. */
  readonly templates: readonly { readonly operation: string; readonly calls: number }[]
  /** Sources that logged the same requests. */
  readonly hops: readonly { readonly source: string; readonly calls: number }[]
}
