import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where and when a bench ran, as one sentence. `now` is milliseconds UTC. */
export function machine(now: number): string {
  const all = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const load = loadavg()
    .map(value => value.toFixed(1))
    .join(', ')
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} cores, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}, chdb ${chdb()}; ${new Date(now).toISOString().slice(0, 16)}Z; load average ${load} (1, 5, 15 minutes).`
}

function chdb(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> }).dependencies.chdb ?? 'none'
}
