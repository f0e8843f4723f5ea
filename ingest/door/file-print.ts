import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

const PRINT_BYTES = 512

/** What a file began with when first seen: tells a file from another that was given its inode, and a truncated one from a grown one. */
export interface FilePrint {
  /** How many of the first bytes the digest covers, at most 512. */
  readonly length: number
  readonly digest: string
}

export async function printOf(file: FileHandle, length = PRINT_BYTES): Promise<FilePrint> {
  const head = Buffer.alloc(Math.min(length, PRINT_BYTES))
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  return { length: bytesRead, digest: createHash('sha256').update(head.subarray(0, bytesRead)).digest('hex') }
}

/** The file still begins as it did. An empty print says nothing and agrees with all. */
export async function agrees(file: FileHandle, print: FilePrint): Promise<boolean> {
  if (print.length === 0) return true
  const now = await printOf(file, print.length)
  return now.length === print.length && now.digest === print.digest
}
