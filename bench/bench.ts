import type { Figure } from './figure.ts'
import type { Size } from './size.ts'

/** One bench: what it measures, and how docs/benchmarks.md tells it. */
export interface Bench {
  readonly name: string
  figures(size: Size): AsyncGenerator<Figure>
  /** Paragraphs and tables in Markdown. */
  section(figures: readonly Figure[]): readonly string[]
}
