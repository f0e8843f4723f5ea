import { setTimeout as delay } from 'node:timers/promises'

/** Something that can be killed, or made to stand still, and brought back. */
export interface Victim {
  readonly name: string
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
  readonly strikes: number
  readonly random: () => number
  readonly say: (text: string) => void
}

/**
 * Strikes victims at random moments, two at a time: seven of ten by SIGKILL and a new start, the others stand still
 * for a while (SIGSTOP, SIGCONT), some of them longer than the session of their group.
 */
export async function chaos({ victims, strikes, random, say }: ChaosOptions): Promise<Chaos> {
  const by = new Map<string, number>()
  const struck = new Set<Victim>()
  let kills = 0
  let stops = 0
  const hand = async (): Promise<void> => {
    while (kills + stops < strikes) {
      await delay(100 + random() * 700)
      const free = victims.filter(victim => !struck.has(victim))
      const victim = free[Math.floor(random() * free.length)]
      if (victim === undefined || kills + stops >= strikes) continue
      struck.add(victim)
      by.set(victim.name, (by.get(victim.name) ?? 0) + 1)
      if (random() < 0.7) {
        kills += 1
        await victim.kill()
        await delay(random() * 400)
        await victim.revive()
      } else {
        stops += 1
        victim.suspend()
        await delay(200 + random() * 4_000)
        victim.resume()
      }
      struck.delete(victim)
      say(`strike ${kills + stops} of ${strikes}: ${victim.name}`)
    }
  }
  await Promise.all([hand(), hand()])
  return { kills, stops, by: Object.fromEntries([...by].sort()) }
}
