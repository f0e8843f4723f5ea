/** A row that ClickHouse refuses, where it stood and why. Its values were scrubbed before they came to the topic. */
export interface DeadLetter {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly row: number
  readonly reason: string
  /** Column → value, as text. */
  readonly values: Readonly<Record<string, string>>
  /** What a person made of it; undefined while it is open. */
  readonly mark?: DeadMark | undefined
}

export interface DeadMark {
  readonly state: 'replayed' | 'dropped'
  /** Why, in the words of who dropped it; '' for a replay. */
  readonly reason: string
  /** Milliseconds UTC. */
  readonly at: number
}

/** Where the store puts rows that cannot be stored. The same origin twice is one letter. */
export interface DeadLetterBox {
  /** Resolves when all of them are durable. */
  put(letters: readonly DeadLetter[]): Promise<void>
  /** Resolves when it is durable what became of them. A letter is marked once: the first mark counts. */
  mark(letters: readonly DeadLetter[], mark: DeadMark): Promise<void>
  close(): void | Promise<void>
}

/** `topic/partition/offset/row`: where a refused row stood. */
export function originOf({ topic, partition, offset, row }: DeadLetter): string {
  return `${topic}/${partition}/${offset}/${row}`
}
