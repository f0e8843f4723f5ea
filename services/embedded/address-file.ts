import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'address.json'

export interface Address {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly pid: number
}

/** Tells other commands on this machine who holds the data folder. */
export async function writeAddress(folder: string, address: Address): Promise<void> {
  const file = join(folder, NAME)
  await writeFile(`${file}.new`, JSON.stringify(address), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export async function removeAddress(folder: string): Promise<void> {
  await rm(join(folder, NAME), { force: true })
}

/** Who holds the folder, when its process still lives; undefined otherwise. */
export async function readAddress(folder: string): Promise<Address | undefined> {
  try {
    const value = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Partial<Address>
    if (typeof value.url !== 'string' || typeof value.pid !== 'number') return undefined
    process.kill(value.pid, 0)
    return { url: value.url, pid: value.pid }
  } catch {
    return undefined // no file, or a process that was killed and left it
  }
}
