import { readFile } from 'node:fs/promises'

/** Calls by `METHOD /path`. */
export type Hits = ReadonlyMap<string, number>

/** Of `lastcall analyze --json`. */
export async function analyzeHits(file: string): Promise<Hits> {
  const answer = JSON.parse(await readFile(file, 'utf8')) as {
    readonly operations: readonly { readonly method: string; readonly path: string; readonly calls: number }[]
  }
  const hits = new Map<string, number>()
  for (const { method, path, calls } of answer.operations) add(hits, `${method} ${path}`, calls)
  return hits
}

interface Panel {
  readonly data: readonly {
    readonly hits: { readonly count: number }
    readonly method: string
    readonly data: string
  }[]
}

/** Of goaccess's JSON: it keeps what was answered 404, and static files, in panels of their own. */
export async function goaccessHits(file: string): Promise<Hits> {
  const report = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, Panel | undefined>>
  const hits = new Map<string, number>()
  for (const name of ['requests', 'static_requests', 'not_found'])
    for (const row of report[name]?.data ?? []) add(hits, `${row.method} ${row.data}`, row.hits.count)
  return hits
}

function add(hits: Map<string, number>, key: string, count: number): void {
  hits.set(key, (hits.get(key) ?? 0) + count)
}

/** A line for each path that the two count differently. */
export function differences(ours: Hits, theirs: Hits): string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .sort()
    .filter(key => ours.get(key) !== theirs.get(key))
    .map(key => `${key}: analyze ${ours.get(key) ?? 0}, goaccess ${theirs.get(key) ?? 0}`)
}
