import { createHash } from 'node:crypto'
import type { ReadAt } from './file-ranges.ts'

const PRINT_BYTES = 512

/** What a file began with when first seen: tells a file from another that was given its inode, and a truncated one from a grown one. */
export interface FilePrint {
  /** How many of the first bytes the digest covers, at most 512. */
  readonly length: number
  readonly digest: string
}

/** Of decoded bytes: a file and its compressed copy have one print. */
export async function printOf(readAt: ReadAt, length = PRINT_BYTES): Promise<FilePrint> {
  const most = Math.min(length, PRINT_BYTES)
  const hash = createHash('sha256')
  let at = 0
  while (at < most) {
    const bytes = await readAt(at, most - at)
    if (bytes.length === 0) break
    hash.update(bytes)
    at += bytes.length
  }
  return { length: at, digest: hash.digest('hex') }
}

/** The file still begins as it did. An empty print says nothing and agrees with all. */
export async function agrees(readAt: ReadAt, print: FilePrint): Promise<boolean> {
  if (print.length === 0) return true
  const now = await printOf(readAt, print.length)
  return now.length === print.length && now.digest === print.digest
}
