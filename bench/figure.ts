/** Several runs of one measure. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** What one bench found under one name: a line of JSON on stdout, and a row in docs/benchmarks.md. */
export interface Figure {
  readonly bench: string
  readonly name: string
  readonly runs: number
  /** What was given: counts and sizes. */
  readonly input: Readonly<Record<string, number>>
  /** What was measured; the unit is part of the name. */
  readonly measures: Readonly<Record<string, Spread>>
  /** What a reader must know beside the numbers. */
  readonly notes: readonly string[]
}

/** Throws RangeError for no values. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const min = sorted[0]
  const max = sorted.at(-1)
  const median = sorted[Math.floor(sorted.length / 2)]
  if (min === undefined || max === undefined || median === undefined) throw new RangeError('nothing was measured')
  return { median, min, max }
}

/** Of a measure that the bench always takes. */
export function measured(figure: Figure, name: string): Spread {
  const found = figure.measures[name]
  if (found === undefined) throw new RangeError(`${figure.name} has no measure ${name}`)
  return found
}
