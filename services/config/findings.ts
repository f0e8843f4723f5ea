import type { Finding, Place } from '../domain/catalogue.ts'

export type Fault = Finding & { readonly level: 'error' }

interface Extra {
  /** The clause of the policy's published text, where the rule comes from one. */
  readonly clause?: string | undefined
}

/** An error: nothing is loaded while it stands. `message` says what is wrong, `todo` in one sentence what to do. */
export function fault(place: Place, code: `LC_${string}`, message: string, todo: string, extra: Extra = {}): Fault {
  const { clause } = extra
  return { ...placeOf(place), code, level: 'error', message, todo, ...(clause === undefined ? {} : { clause }) }
}

/** A warning: loaded all the same. */
export function warning(place: Place, code: `LC_${string}`, message: string, todo: string): Finding {
  return { ...placeOf(place), code, level: 'warning', message, todo }
}

const placeOf = ({ file, line }: Place): Place => ({ file, line })

/** Text of the operator's as it may stand in a finding: short, one line. */
export function quoted(value: unknown): string {
  const printed = JSON.stringify(value) ?? 'nothing'
  return printed.length > 80 ? `${printed.slice(0, 77)}…` : printed
}
