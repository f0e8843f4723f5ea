import { readdir, readFile } from 'node:fs/promises'

export interface Footprint {
  /** Resident memory, MiB. */
  readonly rss: number
  /** Open file descriptors. */
  readonly handles: number
}

/** What a process holds now, as Linux counts it. */
export async function footprint(pid: number): Promise<Footprint> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const rss = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  return { rss: Math.round(rss), handles: (await readdir(`/proc/${pid}/fd`)).length }
}
