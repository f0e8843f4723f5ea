import type { DropReason, UnparsedReason } from '../../services/domain/outcome.ts'

/**
 * What one sample file holds, found by reading the file and never by running the program: so that a parser that
 * changes its mind is caught. Read as source `auto`, realm `auto`, zone UTC, without a catalogue.
 */
export interface Sample {
  /** Below the folder of samples. */
  readonly file: string
  /** What its calls are read as; '' when it has none. */
  readonly format: string
  /** `lines` = `calls` + the sums of `unparsed` and `dropped`. */
  readonly lines: number
  readonly calls: number
  readonly unparsed: Readonly<Partial<Record<UnparsedReason, number>>>
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>
  /** Of the first call that names somebody; null when none does. Keys are given as `auto:key:`. */
  readonly consumer: string | null
  /** Host, without port, and operation of the first call; null without calls. */
  readonly first: { readonly host: string; readonly operation: string } | null
}
