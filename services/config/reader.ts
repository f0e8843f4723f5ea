import { createHash } from 'node:crypto'
import { glob, open } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import type { Finding, Place } from '../domain/catalogue.ts'
import { LcError } from '../domain/errors.ts'
import { type ConfigText, readYaml } from './documents.ts'
import { fault } from './findings.ts'

/** Of one YAML file, and of one customers file. */
const YAML_BYTES = 8_388_608
export const CSV_BYTES = 67_108_864
const MAX_FILES = 1_000

/** Reads the files of one configuration, remembers which, and digests what stood in them. */
export class Reader {
  readonly findings: Finding[] = []
  readonly main: string
  readonly #hash = createHash('sha256')
  readonly #files: string[] = []
  readonly #globs: { readonly folder: string; readonly pattern: string }[] = []

  constructor(main: string) {
    this.main = main
  }

  get files(): readonly string[] {
    return this.#files
  }

  get globs(): readonly { readonly folder: string; readonly pattern: string }[] {
    return this.#globs
  }

  /** Of everything read so far: the same bytes in files of the same names give the same revision on every machine. */
  revision(): string {
    return this.#hash.copy().digest('hex').slice(0, 16)
  }

  /** A path as written in `from`, which it is relative to. */
  resolve(from: string, path: string): string {
    return isAbsolute(path) ? path : join(dirname(from), path)
  }

  /** Files that fit a pattern written at `place`, sorted; a pattern that fits none is a fault. */
  async glob(pattern: string, place: Place): Promise<readonly string[]> {
    const found: string[] = []
    const folder = dirname(place.file)
    this.#globs.push({ folder, pattern })
    for await (const name of glob(pattern, { cwd: folder })) {
      found.push(this.resolve(place.file, name))
      if (found.length > MAX_FILES) break
    }
    if (found.length === 0) {
      this.findings.push(
        fault(place, 'LC_FILE_MISSING', `no file fits "${pattern}"`, 'Mend the pattern; it is relative to this file.'),
      )
    } else if (found.length > MAX_FILES) {
      this.findings.push(
        fault(place, 'LC_FILE_MANY', `more than ${MAX_FILES} files fit "${pattern}"`, 'Narrow the pattern.'),
      )
      return []
    }
    return found.sort()
  }

  /** The main file. @throws LcError LC_CONFIG_UNREADABLE when there is none to read. */
  async readMain(): Promise<ConfigText | undefined> {
    try {
      return this.#parse(this.main, await this.#read(this.main, YAML_BYTES))
    } catch (error) {
      throw new LcError(
        'LC_CONFIG_UNREADABLE',
        `${this.main} cannot be read: ${reasonOf(error)}.`,
        'Name another file with --config, or write this one.',
        2,
        { cause: error },
      )
    }
  }

  /** A YAML file named at `place`; its faults become findings. */
  async readYaml(file: string, place: Place): Promise<ConfigText | undefined> {
    const text = await this.readText(file, place, YAML_BYTES)
    return text === undefined ? undefined : this.#parse(file, text)
  }

  /** A UTF-8 file named at `place`, without its byte order mark. */
  async readText(file: string, place: Place, maxBytes: number): Promise<string | undefined> {
    try {
      return await this.#read(file, maxBytes)
    } catch (error) {
      this.findings.push(
        fault(
          place,
          'LC_FILE_UNREADABLE',
          `${file} cannot be read: ${reasonOf(error)}`,
          'Mend the path or the file; paths are relative to the file that names them.',
        ),
      )
      return undefined
    }
  }

  #parse(file: string, text: string): ConfigText | undefined {
    const { yaml, faults } = readYaml(file, text)
    this.findings.push(...faults)
    return yaml
  }

  async #read(file: string, maxBytes: number): Promise<string> {
    const first = !this.#files.includes(file)
    if (first) this.#files.push(file)
    const bytes = await readAtMost(file, maxBytes)
    if (first) {
      const inside = relative(dirname(this.main), file)
      // What lies elsewhere (a preset) is known by its name: the path to it differs from machine to machine.
      const name = inside.startsWith('..') || isAbsolute(inside) ? basename(file) : inside
      this.#hash.update(`${name}\0${bytes.length}\0`).update(bytes)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
}

async function readAtMost(file: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(file)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error('it is not a file')
    if (stat.size > maxBytes) throw new Error(`it has ${stat.size} bytes, more than ${maxBytes}`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ENOENT') return 'there is no such file'
  if ('code' in error && error.code === 'EACCES') return 'permission denied'
  if ('code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8'
  return error.message
}
