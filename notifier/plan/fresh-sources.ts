const DAY_MS = 86_400_000

/**
 * Nothing goes out on stale data: every source that feeds the API must have been seen (a line or a heartbeat) within
 * 24 hours. Gives the reason to hold, '' when all are fresh.
 *
 * @param feeding source → when it was last seen, milliseconds UTC; 0 when never
 * @param now milliseconds UTC
 */
export function staleReason(feeding: ReadonlyMap<string, number>, now: number): string {
  if (feeding.size === 0) return 'no source has fed this API in the last 35 days'
  const silent = [...feeding].filter(([, seen]) => seen < now - DAY_MS).sort(([, a], [, b]) => a - b)
  const [first] = silent
  if (first === undefined) return ''
  const [source, seen] = first
  const since =
    seen === 0
      ? 'has not been seen'
      : `was last seen ${new Date(seen).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return silent.length === 1
    ? `source "${source}" ${since}`
    : `source "${source}" ${since}, and ${silent.length - 1} more are silent`
}
