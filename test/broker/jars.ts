import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const HERE = import.meta.dirname
/** Outside what is committed, kept between runs, gone with the packages. */
const CACHE = join(HERE, '../../node_modules/.cache/lastcall-broker')

/** The folder with a broker's jars, fetched once from Maven Central by pom.xml. Rejects with what is missing. */
export async function jars(version: string): Promise<string> {
  await run('java', ['-version']).catch(() => Promise.reject(new Error('no Java here')))
  const folder = join(CACHE, version)
  if (existsSync(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  const fresh = await mkdtemp(join(CACHE, `${version}-`))
  try {
    const goal = [
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${fresh}`,
      `-Dkafka.version=${version}`,
    ]
    await run('mvn', ['-B', '-q', '-f', join(HERE, 'pom.xml'), ...goal], { timeout: 280_000 })
    // Several test files may fetch at once: the first to finish gives the folder its name.
    await rename(fresh, folder).catch(error => existsSync(folder) || Promise.reject(error))
    return folder
  } catch (error) {
    throw new Error(`no Kafka ${version} from Maven: ${error instanceof Error ? error.message.slice(0, 300) : error}`)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
