import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { loadConfig } from '../config/load.ts'
import { LcError } from '../domain/errors.ts'
import { type CommandContext, textFlag } from './command.ts'

/** Where digests of tokens stand: a source, or what is allowed everywhere. */
export interface TokenPlace {
  readonly file: string
  /** `source edge`, `access.ingest`, `access.read` */
  readonly name: string
  readonly path: readonly (string | number)[]
  readonly digests: readonly string[]
}

/** The main file of `--config` and those it includes, faulty or not. Throws LC_CONFIG_UNREADABLE. */
export async function configFiles(context: CommandContext): Promise<readonly string[]> {
  const main = textFlag(context, 'config', 'lastcall.yaml')
  const { files } = await loadConfig(main, { environment: context.environment })
  return files
}

/** Every place of these files that has digests or may get some: each source, and `access` of the main one (the first). */
export async function tokenPlaces(files: readonly string[]): Promise<readonly TokenPlace[]> {
  const places: TokenPlace[] = []
  for (const [index, file] of files.entries()) {
    if (!/\.(ya?ml|json)$/i.test(file) && index > 0) continue
    const root = await documentOf(file)
    const at = (name: string, path: readonly (string | number)[]): void => {
      places.push({ file, name, path, digests: digestsAt(root, path) })
    }
    if (index === 0) for (const key of ['ingest', 'read']) at(`access.${key}`, ['access', key])
    const sources = root.getIn(['sources'])
    if (!isSeq(sources)) continue
    for (const [position, item] of sources.items.entries()) {
      const id = isMap(item) ? item.get('id') : undefined
      if (typeof id === 'string') at(`source ${id}`, ['sources', position, 'tokens'])
    }
  }
  return places
}

/** Writes the digests of one place anew, whole or not at all; comments and everything else stay. */
export async function writeDigests(place: TokenPlace, digests: readonly string[]): Promise<void> {
  const root = await documentOf(place.file)
  const list = root.getIn(place.path)
  if (isSeq(list)) {
    list.items = list.items.filter(item => digests.includes(textOf(item)))
    for (const digest of digests)
      if (!list.items.some(item => textOf(item) === digest)) list.add(root.createNode(digest))
  } else if (list === undefined || list === null) {
    root.setIn(place.path, root.createNode([...digests], { flow: true }))
  } else throw unwritable(place.file, `${place.name} has a list that is written elsewhere or is none`)
  const text = root.toString({ lineWidth: 0, flowCollectionPadding: true })
  await replace(place.file, text)
}

async function documentOf(file: string): Promise<Document> {
  const root = parseDocument(await readFile(file, 'utf8'), { uniqueKeys: false, merge: true, logLevel: 'error' })
  if (root.errors.length > 0) throw unwritable(file, 'it is no YAML')
  return root
}

function digestsAt(root: Document, path: readonly (string | number)[]): readonly string[] {
  const list = root.getIn(path)
  return isSeq(list) ? list.items.map(textOf).filter(text => text !== '') : []
}

const textOf = (item: unknown): string => (isScalar(item) ? String(item.source ?? item.value) : '')

/** A new file takes the old one's place and mode, once its bytes are on the disk; a link stays a link. */
async function replace(file: string, text: string): Promise<void> {
  const target = await realpath(file)
  const { mode } = await stat(target)
  const draft = join(dirname(target), `.${process.pid}.lastcall-token.tmp`)
  try {
    const handle = await open(draft, 'wx', mode & 0o777)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw unwritable(file, error instanceof Error ? error.message : String(error))
  }
}

function unwritable(file: string, reason: string): LcError {
  return new LcError(
    'LC_TOKEN_CONFIG',
    `${file} cannot take a token: ${reason}.`,
    'Mend the file, or write the digest (`lastcall digest --token`) into it by hand.',
    2,
  )
}
