/** ` Did you mean "zone"?` for a word near one of `words` (at most a third of it mistyped), else ''. */
export function didYouMean(word: string, words: Iterable<string>): string {
  let best = ''
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best === '' ? '' : ` Did you mean "${best}"?`
}

/** Optimal string alignment: insert, delete, replace, swap neighbours. Gives `limit` for anything that far or farther. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      let least = Math.min(
        (above[column] ?? limit) + 1,
        (current[column - 1] ?? limit) + 1,
        (above[column - 1] ?? limit) + same,
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (before[column - 2] ?? limit) + 1)
      }
      current.push(least)
    }
    before = above
    above = current
  }
  return Math.min(above[b.length] ?? limit, limit)
}
