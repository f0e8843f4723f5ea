import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PACKED } from './file-packed.ts'

/** What rotation made of a followed file. */
export interface Sibling {
  readonly path: string
  readonly inode: string
  /** Last write, nanoseconds since 1970. */
  readonly at: bigint
}

const MOST = 1_000
/** `access.log.1`, `access.log-20261121`, `access.log-20261121-1763683200`, each also compressed. */
const ROTATED = /^(.+?)[.-]\d[\d._-]*(?:\.(?:gz|zst))?$/

/** The file whose rotated copy carries this name; undefined for a name that rotation does not make. */
export function rotatedFrom(path: string): string | undefined {
  const stem = ROTATED.exec(basename(path))?.[1]
  return stem === undefined ? undefined : join(dirname(path), stem)
}

/**
 * Files beside `path` that carry its name and more, oldest first. One that is being compressed is there twice; its
 * compressed copy counts once it is alone.
 */
export async function siblingsOf(path: string): Promise<readonly Sibling[]> {
  const folder = dirname(path)
  const name = basename(path)
  const all = new Set(await readdir(folder))
  const names = [...all].filter(
    one =>
      (one.startsWith(`${name}.`) || rotatedFrom(one) === name) &&
      !/\.(bz2|xz|new)$/.test(one) &&
      !(PACKED.test(one) && all.has(one.replace(PACKED, ''))),
  )
  const found = names.slice(0, MOST).map(async (one): Promise<Sibling[]> => {
    const at = join(folder, one)
    const { ino, mtimeNs } = await stat(at, { bigint: true })
    return [{ path: at, inode: String(ino), at: mtimeNs }]
  })
  return (await Promise.all(found)).flat().sort(olderFirst)
}

/** By last write; two written within one tick of the file system's clock by name: `.2` is older than `.1`, `.2026-11-21` than `.2026-11-22`. */
function olderFirst(a: Sibling, b: Sibling): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  const [one, two] = [a.path.replace(PACKED, ''), b.path.replace(PACKED, '')]
  const order = one.localeCompare(two, 'en', { numeric: true })
  return /\.\d{1,4}$/.test(one) ? -order : order
}
