import type { Block, StoredBlock } from './block.ts'

/** The log between collectors and store. Kafka in production, SQLite embedded: one contract suite holds both. */
export interface Topic {
  /** Fixed for the topic's life. */
  readonly partitions: number
  /**
   * Resolves when every block stands durably on `partition`, in order. Rejects with LC_TOPIC_FULL or
   * LC_TOPIC_DOWN when it cannot say so; the caller then answers 503 and the sender repeats. LC_TOPIC_TOO_LARGE: the
   * topic was made for smaller blocks than ours.
   */
  append(partition: number, blocks: readonly Block[]): Promise<void>
  /** False while `append` would be refused at once: readiness. */
  accepts(): boolean
  /** Joins as a consumer. One at a time per process. */
  consume(handler: TopicHandler): Promise<Consumption>
  /** Next offset to be written, per partition. */
  ends(): Promise<readonly bigint[]>
  close(): Promise<void>
}

/** Called one at a time for a partition, side by side for several. No work may outlive its call. */
export interface TopicHandler {
  /** Once per assignment, before its first block. */
  assigned(lease: Lease): Promise<void>
  /**
   * Contiguous blocks from the committed offset on, always: what a call leaves uncommitted is offered again, at once
   * when it committed something, else after a pause. What is thrown here stops this partition for a while, then it is
   * offered again.
   */
  blocks(lease: Lease, blocks: readonly StoredBlock[]): Promise<void>
  /** The offset the next call must reach, undefined when any will do: a pinned range is inserted whole or not at all. */
  wanted?(partition: number): bigint | undefined
  revoked(partition: number): void
}

/** The right to work on one partition, for one generation. */
export interface Lease {
  readonly partition: number
  /** Where the group stands: next offset to store, and the pin kept beside it ('' when none). */
  committed(): Promise<{ readonly offset: bigint; readonly metadata: string }>
  /** Fails with LC_TOPIC_FENCED when the lease is no longer ours. `offset` is the next one to store. */
  commit(offset: bigint, metadata: string): Promise<void>
  /** False once the partition may belong to someone else. */
  current(): boolean
  /** Keeps the lease during long work. */
  heartbeat(): Promise<void>
}

export interface Consumption {
  /** Finishes the running calls, then leaves. */
  stop(): Promise<void>
}

/** A topic that keeps the positions of its sources with the blocks themselves (SQLite). */
export interface PositionStore {
  /** Highest end of this upload key (parts with `from`) that stands durably on the topic; undefined when none does. */
  positionOf(key: string): Promise<number | undefined>
}
