import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { POSITION_MEMORY_MS, uploadKeyOf } from '../topic/repeats.ts'
import type { FilePrint } from './file-print.ts'

/** What must outlive the process about a followed file; its position stands on the topic, beside its blocks. */
export interface FollowedState {
  readonly device: string
  readonly inode: string
  /** How often this inode was seen to begin anew (truncated, or given to another file). */
  readonly truncations: number
  readonly print: FilePrint
  /** It was deleted and had been read to its end: its last write, nanoseconds since 1970. */
  readonly ended?: string
}

/** There was no file yet: whatever appears later is read. */
export const NOTHING_YET: FollowedState = {
  device: '',
  inode: '',
  truncations: 0,
  print: { length: 0, digest: '' },
}

/** The upload key under which a file's ranges stand on the topic. The source's id is in it: two sources may follow one file. */
export function identityOf(source: string, state: FollowedState): string {
  return uploadKeyOf({ source, identity: `followed ${state.device} ${state.inode} ${state.truncations}` })
}

/** Under which name a followed file's state is kept: its source where that follows one path, with the path for a glob. */
export const placeOf = (source: string, path?: string): string =>
  createHash('sha256')
    .update(path === undefined ? source : `${source}\n${path}`)
    .digest('hex')
    .slice(0, 24)

const fileOf = (folder: string, place: string): string => join(folder, `${place}.json`)

export async function readState(folder: string, place: string): Promise<FollowedState | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(folder, place), 'utf8'))
    return isState(value) ? value : undefined
  } catch {
    return undefined // absent, or cut by a crash before its first rename: the file is followed from its beginning
  }
}

/** Written whole and synced before anything is read under it. */
export async function writeState(folder: string, place: string, state: FollowedState): Promise<void> {
  const target = fileOf(folder, place)
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

/** States of files that have not been followed for 90 days: the topic has forgotten their positions too. */
export async function forgetStates(folder: string, now: number, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json') || keep.has(name.slice(0, -5))) continue
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }))
    if (now - mtimeMs > POSITION_MEMORY_MS) await rm(join(folder, name), { force: true })
  }
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
