import { hash } from 'node:crypto'

/** What stands before the first event. */
export const CHAIN_START = '0'.repeat(64)

/**
 * Seals one event: the hash of the seal before and of everything the event says. A line that is altered, left out or
 * put in later shows. Subjects are notice ids, letter ids, or words (`ledger`, `command`); `at` is milliseconds UTC.
 */
export function sealOf(
  before: string,
  seq: number,
  at: number,
  subject: string,
  state: string,
  detail: string,
): string {
  return hash('sha256', `${before}\n${JSON.stringify([seq, at, subject, state, detail])}`)
}
