import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LcError } from '../../services/domain/errors.ts'
import type { Carrier } from './carrier.ts'

/**
 * The dev outbox: each letter one `.eml` file, there whole or not at all. Nothing leaves the machine. A letter's file
 * is named by its id, so that writing it again changes nothing.
 */
export function outbox(folder: string): Carrier {
  const fileOf = (letter: string): string => join(folder, `${letter}.eml`)
  return {
    way: 'outbox',
    async ready() {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
      } catch (cause) {
        throw cannotWrite(folder, cause)
      }
    },
    async hand({ id, source }) {
      try {
        writeWhole(fileOf(id), source)
        return { outcome: { kind: 'accepted', answer: `${id}.eml` }, stop: '' }
      } catch (cause) {
        const answer = cause instanceof Error ? cause.message : String(cause)
        return { outcome: { kind: 'temporary', answer }, stop: `the outbox cannot be written: ${answer}` }
      }
    },
    async close() {},
  }
}

/** Not synced: what the letter said is in the ledger, the file is there to be looked at. */
function writeWhole(file: string, bytes: Buffer): void {
  const partial = `${file}.part`
  writeFileSync(partial, bytes, { mode: 0o600 })
  renameSync(partial, file)
}

function cannotWrite(folder: string, cause: unknown): LcError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LcError(
    'LC_OUTBOX_FOLDER',
    `The outbox ${folder} cannot be made: ${why}.`,
    'Give a data folder this user may write to (`--data`).',
    3,
    { cause },
  )
}
