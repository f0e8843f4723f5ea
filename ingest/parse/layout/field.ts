import { LcError } from '../../../services/domain/errors.ts'
import type { IdentityKind } from '../../../services/domain/raw-call.ts'

/** What a field of a layout tells us. */
export type Meaning =
  | { readonly of: 'skip' }
  /** `22/Nov/2026:03:23:24`, with decimals and offset or without. */
  | { readonly of: 'clf' }
  | { readonly of: 'iso' }
  | { readonly of: 'epoch'; readonly unit: 's' | 'ms' | 'us' }
  /** Milliseconds or microseconds of the second that another field tells. */
  | { readonly of: 'fraction'; readonly unit: 'ms' | 'us' }
  | { readonly of: 'strftime'; readonly pattern: string }
  /** `METHOD target PROTOCOL`. */
  | { readonly of: 'request' }
  | { readonly of: 'method' }
  /** As the client sent it, with query. */
  | { readonly of: 'target' }
  /** As the client sent it, without query. */
  | { readonly of: 'path' }
  /** Decoded by the server, perhaps rewritten. */
  | { readonly of: 'decoded' }
  /** A decoded path with the raw query behind it. */
  | { readonly of: 'decoded-target' }
  /** With `?` or without. */
  | { readonly of: 'query' }
  | { readonly of: 'query-mark' }
  /** A host with a target right behind it. */
  | { readonly of: 'host-target' }
  | { readonly of: 'status' }
  | { readonly of: 'host' }
  | { readonly of: 'port' }
  | { readonly of: 'client' }
  | { readonly of: 'agent' }
  | { readonly of: 'request-id' }
  | { readonly of: 'duration'; readonly unit: 's' | 'ms' | 'us' }
  | { readonly of: 'request-header'; readonly name: string }
  | { readonly of: 'response-header'; readonly name: 'deprecation' | 'sunset' | 'link' | 'version' }
  | { readonly of: 'identity'; readonly kind: IdentityKind }
  /** The subject of a client certificate: it counts only beside a verification that succeeded. */
  | { readonly of: 'certificate' }
  | { readonly of: 'certificate-verified'; readonly word: string }
  /** HAProxy's `{a|b}` and what its columns mean. */
  | { readonly of: 'captures'; readonly columns: readonly Meaning[] }

export interface Field {
  readonly meaning: Meaning
  /** Of several fields that tell the same thing the highest counts. */
  readonly rank: number
  /** As the user wrote it, and the character it begins at, from 1. */
  readonly written: string
  readonly at: number
  /** A value of several hops (`10.0.0.1:80, 10.0.0.2:80`), whose separators are not the layout's. */
  readonly list?: boolean
  /** The value carries a port, so a colon does not end it. */
  readonly withPort?: boolean
  /** The writer may put quotes of its own around it. */
  readonly quotable?: boolean
}

export type Token = { readonly literal: string } | Field

/** A layout as its front end read it. */
export interface Written {
  readonly tokens: readonly Token[]
  /** How the writer escapes what clients sent. */
  readonly escape: Escape
  /** Which moment its times tell. */
  readonly timeKind: 'start' | 'end'
}
export type Escape = 'log' | 'json' | 'hash' | 'none'

export const SKIP: Meaning = { of: 'skip' }

/** A layout whose text cannot be read as one. `at` is a character of the layout, from 1. */
export function syntaxFault(at: number, message: string): LcError {
  return new LcError(
    'LC_LAYOUT_SYNTAX',
    `layout, character ${at}: ${message}`,
    'Paste the layout as it stands in the gateway’s configuration.',
    2,
  )
}

/** A directive that the gateway does not have. */
export function unknownFault(at: number, written: string): LcError {
  return new LcError(
    'LC_LAYOUT_UNKNOWN',
    `layout, character ${at}: ${written} is not a field we know`,
    'Check its spelling against the gateway’s manual.',
    2,
  )
}

/** A way of writing that is not lines of text. */
export function unsupportedFault(at: number, written: string): LcError {
  return new LcError(
    'LC_LAYOUT_UNSUPPORTED',
    `layout, character ${at}: ${written} writes a structured record, not a line`,
    'Declare the source with format: json and a field map.',
    2,
  )
}

/** Two fields that no reader could tell apart. */
export function ambiguousFault(at: number, first: string, second: string): LcError {
  return new LcError(
    'LC_LAYOUT_AMBIGUOUS',
    `layout, character ${at}: nothing stands between ${first} and ${second}, so no reader can tell where one ends`,
    'Put a separator between them in the gateway’s layout and here.',
    2,
  )
}

/** A layout that cannot give a call. */
export function incompleteFault(missing: string, todo: string): LcError {
  return new LcError('LC_LAYOUT_INCOMPLETE', `layout: ${missing}`, todo, 2)
}
