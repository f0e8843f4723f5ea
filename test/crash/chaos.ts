import { setTimeout as delay } from 'node:timers/promises'

/** Something that can be killed, or made to stand still, and brought back. */
export interface Victim {
  readonly name: string
  /** Struck with the others, and not counted: it is none of ours. */
  readonly foreign?: boolean
  kill(): Promise<void>
  suspend(): void
  resume(): void
  /** Resolves when it works again. */
  revive(): Promise<void>
}

export interface Chaos {
  readonly kills: number
  readonly stops: number
  readonly by: Readonly<Record<string, number>>
}

export interface ChaosOptions {
  readonly victims: readonly Victim[]
  /** By SIGKILL; those that only stand still come on top. */
  readonly kills: number
  readonly random: () => number
  readonly say: (text: string) => void
}

/**
 * Strikes victims at random moments, two at a time: seven of ten by SIGKILL and a new start, the others stand still
 * for a while (SIGSTOP, SIGCONT), some of them longer than the session of their group.
 */
export async function chaos({ victims, kills: wanted, random, say }: ChaosOptions): Promise<Chaos> {
  const by = new Map<string, number>()
  const struck = new Set<Victim>()
  let kills = 0
  let stops = 0
  const hand = async (): Promise<void> => {
    while (kills < wanted) {
      await delay(100 + random() * 700)
      const free = victims.filter(victim => !struck.has(victim))
      const victim = free[Math.floor(random() * free.length)]
      if (victim === undefined || kills >= wanted) continue
      struck.add(victim)
      by.set(victim.name, (by.get(victim.name) ?? 0) + 1)
      const counts = victim.foreign === true ? 0 : 1
      if (random() < 0.7) {
        kills += counts
        await victim.kill()
        await delay(random() * 400)
        await victim.revive()
      } else {
        stops += counts
        victim.suspend()
        await delay(200 + random() * 4_000)
        victim.resume()
      }
      struck.delete(victim)
      say(`kill ${kills} of ${wanted}, stop ${stops}: ${victim.name}`)
    }
  }
  await Promise.all([hand(), hand()])
  return { kills, stops, by: Object.fromEntries([...by].sort()) }
}
