import type { Catalogue, Finding, Source } from '../domain/catalogue.ts'
import type { Environment } from './environment.ts'
import type { Settings } from './schema/settings.ts'

/** What came of reading a configuration: whole, or not at all. */
export interface Loaded {
  /** Absent when any finding is an error. */
  readonly catalogue: Catalogue | undefined
  /** Absent when any finding is an error. */
  readonly settings: Settings | undefined
  /** All faults and warnings at once, by file and line. */
  readonly findings: readonly Finding[]
  /** Every file read or looked for, the main one first; what a watcher looks at. */
  readonly files: readonly string[]
  /** Patterns that were looked up: a new file that fits one is a change. */
  readonly globs: readonly { readonly folder: string; readonly pattern: string }[]
  /** Digest of everything read, good or bad; the catalogue carries the same. */
  readonly revision: string
}

export interface LoadOptions {
  /** Where `…-env` keys are looked up; only warned about when absent. */
  readonly environment: Environment
  /** Without it any format passes here, and is refused when the source is opened. */
  readonly formats?: FormatShelf
}

/** What the configuration must know of the formats there are. */
export interface FormatShelf {
  /** What a source's `format` may say besides `auto`. */
  readonly names: ReadonlySet<string>
  /** Prepares the format of a source with its layout or field map. @throws LcError when that cannot be. */
  open(source: Source): unknown
}
