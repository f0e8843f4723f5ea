import type { View } from './view.ts'

/** What one kind of notice says first; what follows is the same for all. */
export interface Opening {
  /** Short, for the subject line: no API name, no prefix. */
  readonly subject: string
  readonly title: string
  readonly lead: readonly string[]
}

export type Kind = (view: View) => Opening
