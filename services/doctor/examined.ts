import type { SourceFacts } from '../domain/source-facts.ts'

/** What the configuration says of a source. */
export interface ExaminedSource {
  readonly id: string
  readonly format: string
  readonly zone: string
  readonly key: { readonly header: string } | { readonly query: string } | null
  readonly trustedHeaders: readonly string[]
  readonly door: string
}

/** Everything the doctor looks at. */
export interface Examined {
  readonly source: ExaminedSource
  readonly facts: SourceFacts
  /** Lines received meanwhile, by outcome and reason. */
  readonly tallies: readonly { readonly outcome: string; readonly reason: string; readonly lines: number }[]
  readonly seconds: number
}

/** What is wrong with a source, and what to change. */
export interface Diagnosis {
  /** The rule's name, as docs/sources.md lists it. */
  readonly rule: string
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly todo: string
}

/** One rule, one file: undefined when all is well. */
export type Rule = (examined: Examined) => Omit<Diagnosis, 'rule'> | undefined

/** A share as people read it. */
export const percent = (part: number, whole: number): string => `${Math.round((part / whole) * 100)} %`
