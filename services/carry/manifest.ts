import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { LcError } from '../domain/errors.ts'

export const MANIFEST = 'manifest.json'

/** Names and types stand in statements. */
const named = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,63}$' })
const typed = Type.String({ pattern: "^[A-Za-z0-9_(),.' =-]{1,2000}$" })
const file = Type.Object({ path: Type.String(), sha256: Type.String(), bytes: Type.Integer() })
const manifest = Type.Object({
  version: Type.Literal(1),
  /** Names of the migrations that made the tables. */
  migrations: Type.Array(Type.String()),
  /** Files of the data folder. */
  files: Type.Array(file),
  tables: Type.Array(
    Type.Object({
      name: named,
      columns: Type.Array(Type.Object({ name: named, type: typed })),
      /** Rows as they read once merged. */
      rows: Type.Integer(),
      /** Native blocks, zstd. */
      pieces: Type.Array(file),
    }),
  ),
})
export type Manifest = Static<typeof manifest>
export type CarriedFile = Static<typeof file>

export async function describeFile(folder: string, path: string): Promise<CarriedFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(folder, path))) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { path, sha256: hash.digest('hex'), bytes }
}

/** The manifest of an export, every file of which is there and unchanged. Throws LC_CARRY_READ, LC_CARRY_CHANGED. */
export async function readManifest(folder: string): Promise<Manifest> {
  const said: unknown = await readFile(join(folder, MANIFEST), 'utf8').then(JSON.parse, () => undefined)
  if (!Value.Check(manifest, said)) {
    throw new LcError(
      'LC_CARRY_READ',
      `${folder} holds no whole export.`,
      'Give the folder that `lastcall export` wrote; one that was cut short is written again.',
      2,
    )
  }
  for (const wanted of [...said.files, ...said.tables.flatMap(table => table.pieces)]) {
    const found = wanted.path.includes('..')
      ? undefined
      : await describeFile(folder, wanted.path).catch(() => undefined)
    if (found?.sha256 === wanted.sha256) continue
    throw new LcError(
      'LC_CARRY_CHANGED',
      `${wanted.path.slice(0, 100)} is not as it was written.`,
      'Copy the export again, whole.',
      2,
    )
  }
  return said
}
