import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { uploadKeyOf } from '../topic/repeats.ts'
import type { FilePrint } from './file-print.ts'

/** What must outlive the process about a followed file; its position stands on the topic, beside its blocks. */
export interface FollowedState {
  readonly device: string
  readonly inode: string
  /** How often this inode was seen to begin anew (truncated, or given to another file). */
  readonly truncations: number
  readonly print: FilePrint
}

/** The upload key under which a file's ranges stand on the topic. The source's id is in it: two sources may follow one file. */
export function identityOf(source: string, state: FollowedState): string {
  return uploadKeyOf({ source, identity: `followed ${state.device} ${state.inode} ${state.truncations}` })
}

const fileOf = (folder: string, source: string): string =>
  join(folder, `${createHash('sha256').update(source).digest('hex').slice(0, 24)}.json`)

export async function readState(folder: string, source: string): Promise<FollowedState | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(folder, source), 'utf8'))
    return isState(value) ? value : undefined
  } catch {
    return undefined // absent, or cut by a crash before its first rename: the file is followed from its beginning
  }
}

/** Written whole and synced before anything is read under it. */
export async function writeState(folder: string, source: string, state: FollowedState): Promise<void> {
  const target = fileOf(folder, source)
  await mkdir(dirname(target), { recursive: true })
  const file = await open(`${target}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(state))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${target}.new`, target)
  const parent = await open(dirname(target), 'r')
  await parent.sync().finally(() => parent.close())
}

function isState(value: unknown): value is FollowedState {
  if (typeof value !== 'object' || value === null) return false
  const state = value as Partial<FollowedState>
  return (
    typeof state.device === 'string' &&
    typeof state.inode === 'string' &&
    typeof state.truncations === 'number' &&
    typeof state.print?.length === 'number' &&
    typeof state.print.digest === 'string'
  )
}
