import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { KafkaAdmin } from '../topic/kafka-admin.ts'
import { decodeMark } from '../topic/kafka-mark.ts'
import { TOPIC_FILE } from '../topic/sqlite-topic.ts'

/**
 * True while a partition of the embedded topic in `folder` has a range pinned. Only reads, also beside a running
 * process; without a topic there is none.
 */
export function sqlitePinned(folder: string): boolean {
  const file = join(folder, TOPIC_FILE)
  if (!existsSync(file)) return false
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    return database.prepare("SELECT 1 AS pinned FROM partitions WHERE metadata != '' LIMIT 1").get() !== undefined
  } finally {
    database.close()
  }
}

export interface KafkaGroup {
  readonly admin: KafkaAdmin
  readonly topic: string
  readonly group: string
  readonly partitions: number
}

/** True while the group has a range of some partition pinned. Throws LC_TOPIC_DOWN when Kafka does not say. */
export async function kafkaPinned({ admin, topic, group, partitions }: KafkaGroup): Promise<boolean> {
  for (let partition = 0; partition < partitions; partition += 1) {
    const { offset, text } = await admin.committed(group, topic, partition)
    if ((decodeMark(offset, text)?.metadata ?? '') !== '') return true
  }
  return false
}
