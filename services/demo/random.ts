/** A number in [0, 1) that depends on its words alone: the same seed makes the same world, in any order of asking. */
export function chance(seed: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < seed.length; index += 1) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}

/** A whole number in [from, to]. */
export function between(seed: string, from: number, to: number): number {
  return from + Math.floor(chance(seed) * (to - from + 1))
}

export function pick<T>(seed: string, from: readonly [T, ...T[]]): T {
  return from[Math.floor(chance(seed) * from.length)] ?? from[0]
}
