import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Runs a script of ours under V8's profiler. Area (a folder of ours, or what Node and V8 do) → share of its busy time. */
export async function profiled(folder: string, args: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const file = join(folder, 'bench.cpuprofile')
  await run(process.execPath, [...profileInto(file), ...args], { maxBuffer: 1e9 })
  return sharesIn(file)
}

/** Flags for Node: a profile of the main thread is written when the process ends by itself. */
export const profileInto = (file: string): readonly string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${dirname(file)}`,
  `--cpu-prof-name=${basename(file)}`,
]

/** The same of a process that was started with `profileInto` and has ended. */
export async function sharesIn(file: string): Promise<ReadonlyMap<string, number>> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile
  const areas = new Map(profile.nodes.map(({ id, callFrame }) => [id, areaOf(callFrame.functionName, callFrame.url)]))
  const spent = new Map<string, number>()
  let whole = 0
  for (const [index, id] of profile.samples.entries()) {
    const area = areas.get(id) ?? ''
    const time = profile.timeDeltas[index] ?? 0
    if (area === '') continue
    whole += time
    spent.set(area, (spent.get(area) ?? 0) + time)
  }
  return new Map([...spent].sort((a, b) => b[1] - a[1]).map(([area, time]) => [area, time / whole]))
}

/** '' for a process that waits. */
function areaOf(name: string, url: string): string {
  if (name === '(idle)') return ''
  if (name === '(garbage collector)') return 'garbage collector'
  const library = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)
  if (library?.[1] !== undefined) return library[1]
  const ours = /\/(ingest\/\w+|services)\//.exec(url)
  if (ours?.[1] !== undefined) return ours[1]
  return 'Node and start-up'
}

/** The areas that took most, at most eight, for people. */
export const inWords = (shares: ReadonlyMap<string, number>): readonly string[] =>
  [...shares].slice(0, 8).map(([area, share]) => `${area} ${Math.round(share * 100)} %`)
