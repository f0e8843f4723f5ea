import type { Format } from './format.ts'

/**
 * Every format there is, one line each, in the order in which `auto` asks them. `recognises` is strict, so the
 * order decides speed and never the answer.
 */
export const FORMATS: readonly Format[] = []

/** By name, as a source's `format` writes it. */
export const FORMAT_BY_NAME: ReadonlyMap<string, Format> = new Map(FORMATS.map(format => [format.name, format]))
