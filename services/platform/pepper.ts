import { createHash, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LcError } from '../domain/errors.ts'
import type { Pepper, Peppers } from '../domain/pepper.ts'

const SHORTEST = 32
/** The file in the data folder: one pepper a line (hex), the one in use first; after a rotation the earlier ones below. */
const FILE = 'pepper'

export interface PepperPlace {
  /** Data folder, made when absent. */
  readonly folder: string
  /** Environment variable that holds the pepper in production: hex or text, 32 bytes or more; `<variable>_EARLIER` those before it, by comma. */
  readonly variable: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The peppers of this installation: from the environment where the variable is set, else from the data folder, where one
 * is made at the first start (mode 0600, never half-written; of two processes that start at once both use the first's).
 * Fails with LC_PEPPER_SHORT, LC_PEPPER_FILE.
 */
export async function openPeppers(place: PepperPlace): Promise<Peppers> {
  const given = place.environment[place.variable]
  if (given !== undefined && given !== '') {
    const earlier = (place.environment[`${place.variable}_EARLIER`] ?? '').split(',').map(text => text.trim())
    return peppersOf([given, ...earlier.filter(text => text !== '')], `the environment variable ${place.variable}`)
  }
  const file = join(place.folder, FILE)
  await mkdir(place.folder, { recursive: true })
  const text = (await readIfThere(file)) ?? (await makeFirst(file))
  await closeToOthers(file)
  return peppersOf(linesOf(text), file)
}

/** The pepper in use of a pepper file, for commands that only read. Fails with LC_PEPPER_FILE, LC_PEPPER_SHORT. */
export async function readPepperFile(file: string): Promise<Pepper> {
  const text = await readIfThere(file)
  if (text === undefined) throw fileFault(file, 'There is no pepper file')
  return peppersOf(linesOf(text), file).current
}

/** Puts a new pepper before those of a data folder and returns all; keys seen from now on get new ids, and aliases to their old ones. */
export async function rotatePepper(folder: string): Promise<Peppers> {
  const file = join(folder, FILE)
  const text = await readIfThere(file)
  if (text === undefined) throw fileFault(file, 'There is no pepper to rotate')
  const lines = [randomBytes(SHORTEST).toString('hex'), ...linesOf(text)]
  const draft = await writeDraft(file, `${lines.join('\n')}\n`)
  await rename(draft, file)
  await syncFolder(dirname(file))
  return peppersOf(lines, file)
}

/** A secret with its id: eight hex digits of its SHA-256 after a `p`, which tell nothing about a secret of 32 random bytes. */
export function pepperOf(secret: Uint8Array): Pepper {
  const digest = createHash('sha256').update('lastcall pepper\0').update(secret).digest('hex')
  return { id: `p${digest.slice(0, 8)}`, secret }
}

function peppersOf(texts: readonly string[], where: string): Peppers {
  const [current, ...earlier] = texts.map(text => pepperOf(secretOf(text, where)))
  if (current === undefined) throw fileFault(where, 'No pepper stands in it')
  return { current, earlier }
}

function secretOf(text: string, where: string): Buffer {
  const trimmed = text.trim()
  const secret = /^(?:[0-9a-f]{2}){32,}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'utf8')
  if (secret.length < SHORTEST) {
    throw new LcError(
      'LC_PEPPER_SHORT',
      `The pepper in ${where} has ${String(secret.length)} bytes.`,
      'Use 32 random bytes or more: openssl rand -hex 32',
      2,
    )
  }
  return secret
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
}

async function makeFirst(file: string): Promise<string> {
  const text = `${randomBytes(SHORTEST).toString('hex')}\n`
  const draft = await writeDraft(file, text)
  try {
    await link(draft, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw fileFault(file, 'The pepper cannot be written', error)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(file))
  return (await readIfThere(file)) ?? text
}

async function writeDraft(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileFault(file, 'The pepper cannot be written', error)
  }
  return draft
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function closeToOthers(file: string): Promise<void> {
  // A copied file may have come with a wider mode; a read-only mount keeps its own.
  await chmod(file, 0o600).catch(() => {})
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw fileFault(file, 'The pepper file cannot be read', error)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function fileFault(file: string, what: string, cause?: unknown): LcError {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new LcError(
    'LC_PEPPER_FILE',
    `${what}: ${file}${why}`,
    'Check --data or --pepper-file, and who may read and write there.',
    3,
    { cause },
  )
}
