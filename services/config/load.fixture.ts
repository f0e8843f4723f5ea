import { join, relative } from 'node:path'
import type { Test } from 'tap'
import { loadConfig } from './load.ts'
import type { Loaded, LoadOptions } from './loaded.ts'

export interface Folder {
  readonly [name: string]: string | Buffer | Folder
}

export interface Tried extends Loaded {
  /** `lastcall.yaml:3 LC_KEY_UNKNOWN`, one a finding, warnings with "warning" behind. */
  readonly said: readonly string[]
  readonly dir: string
}

/** Writes the files into a folder of the test's own and loads them. */
export async function tried(
  t: Test,
  main: string,
  files: Folder = {},
  options: Partial<LoadOptions> = {},
): Promise<Tried> {
  const dir = t.testdir({ 'lastcall.yaml': main, ...files })
  const loaded = await loadConfig(join(dir, 'lastcall.yaml'), { environment: {}, ...options })
  const said = loaded.findings.map(({ file, line, code, level, clause }) => {
    const where = `${relative(dir, file)}:${line} ${code}`
    return `${where}${clause === undefined ? '' : ` ${clause}`}${level === 'warning' ? ' warning' : ''}`
  })
  return { ...loaded, said, dir }
}

/** One API under a policy; `more` stands inside it, indented by four. */
export const api = (policy: string, more = ''): string => `apis:
  - id: a
    policy: ${policy}
    hosts: [a.example]
    support: help@a.example
${more}`
