import { readFile } from 'node:fs/promises'

/** A tick of /proc's clock in seconds. */
const TICK = 0.01

/** User and system seconds of a process so far; NaN where there is no /proc. */
export async function cpuOf(pid: number): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold blanks: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK
  } catch {
    return Number.NaN
  }
}

/** CPU seconds that these processes use while `work` runs, all together and each. */
export async function whileWorking(
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<{ readonly seconds: number; readonly cpu: number; readonly each: readonly number[] }> {
  const before = await Promise.all(pids.map(cpuOf))
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1000
  const after = await Promise.all(pids.map(cpuOf))
  const each = after.map((used, index) => used - (before[index] ?? 0))
  return { seconds, cpu: each.reduce((all, one) => all + one, 0), each }
}
