import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import type { Finding, Place } from '../domain/catalogue.ts'
import type { ConfigText, Path } from './documents.ts'
import { shaped, shapeFaults } from './shape.ts'

/** One thing as written: its value, and where each of its keys stands. */
export interface Item<T> {
  readonly value: T
  at(...path: Path): Place
}

/** A part of a text that is not judged yet. */
export interface Raw {
  readonly value: unknown
  readonly text: ConfigText
  readonly path: Path
}

/** The items of a list inside a text; none when it is absent or no list. */
export function rawItems(text: ConfigText, path: Path, value: unknown): readonly Raw[] {
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, text, path: [...path, index] }))
    : []
}

/**
 * Fills in defaults and holds it against its schema. Faults go to `findings`. Unknown keys are left out, so that a
 * mistyped key hides no other fault; with any other fault there is no item.
 */
export function judge<S extends TObject>(schema: S, raw: Raw, findings: Finding[]): Item<Static<S>> | undefined {
  const filled = Value.Default(schema, structuredClone(raw.value))
  const faults = shapeFaults(schema, filled, raw.text, raw.path)
  for (const one of faults) findings.push(one)
  const value = shaped(schema, faults.length === 0 ? filled : Value.Clean(schema, filled))
  return value === undefined ? undefined : { value, at: (...path) => raw.text.place([...raw.path, ...path]) }
}
