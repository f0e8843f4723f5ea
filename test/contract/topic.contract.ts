import type { Test } from 'tap'
import type { Topic } from '../../services/domain/topic.ts'
import { topicAppends } from './topic-appends.contract.ts'
import { topicConsumes } from './topic-consumes.contract.ts'

export type { Test }

/** One fresh, empty topic of four partitions for one test. */
export interface TopicPlace {
  /**
   * Opens it, as a process does at its start: closed by the test before it is opened again.
   * `clockBackMs`: the machine's clock has gone back by so much (where the topic's time is the machine's).
   */
  open(options?: { readonly clockBackMs?: number }): Promise<Topic>
}

export interface TopicBackend {
  /** What is left open is closed after the test. */
  place(t: Test): Promise<TopicPlace>
}

/** What the collectors and the store stand on. Every topic runs it unchanged. */
export function topicContract(t: Test, backend: TopicBackend): void {
  topicAppends(t, backend)
  topicConsumes(t, backend)
}
