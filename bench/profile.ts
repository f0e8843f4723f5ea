import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const name = 'bench.cpuprofile'
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}`]
  await run(process.execPath, [...flags, ...args], { maxBuffer: 1e9 })
  const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile
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
  const ours = /\/(ingest\/\w+|services)\//.exec(url)
  if (ours?.[1] !== undefined && !url.includes('/node_modules/')) return ours[1]
  return 'Node and start-up'
}
