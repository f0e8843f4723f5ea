import { randomBytes } from 'node:crypto'
import { createKeyDigest, type KeyDigest } from '../../ingest/normalise/key-digest.ts'
import { pepperOf, readPepperFile } from '../platform/pepper.ts'

/** The digest for commands that store nothing: with an installation's pepper, or one made for this run and thrown away. */
export async function openDigest(pepperFile: string | undefined): Promise<KeyDigest> {
  const current = pepperFile === undefined ? pepperOf(randomBytes(32)) : await readPepperFile(pepperFile)
  return createKeyDigest({ current, earlier: [] })
}
