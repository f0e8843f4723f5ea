import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import type { KeyDigest } from '../normalise/key-digest.ts'
import type { NormaliserMemory } from '../normalise/memory.ts'
import { createNormaliser } from '../normalise/normalise.ts'
import { createParser } from '../parse/parser.ts'
import type { LogRecord } from '../records/split.ts'

/** Told of each line of a record: the format it was read as and what became of it. */
export type OnLine = (format: string, outcome: Outcome<Call>) => void

/** One source's way from bytes to calls, under one catalogue: parse, normalise, match. Pure but for its caches. */
export interface SourceReader {
  /** `received` is milliseconds UTC. Calls `onLine` once for each line in the record; never throws for what is in it. */
  read(record: LogRecord, received: number, onLine: OnLine): void
}

export function createSourceReader(
  catalogue: Catalogue,
  source: Source,
  digest: KeyDigest,
  memory?: NormaliserMemory,
): SourceReader {
  const parser = createParser(source)
  const normalise = createNormaliser({ catalogue, source, digest, ...(memory === undefined ? {} : { memory }) })
  let now = 0
  let tell: OnLine = () => {}
  // One closure for the reader's life, not one a record.
  const onRaw = (format: string, raw: Outcome<RawCall>): void => {
    tell(format, raw.kind === 'ok' ? normalise(raw.value, now) : raw)
  }
  return {
    read(record, received, onLine) {
      now = received
      tell = onLine
      parser.parse(record, received, onRaw)
    },
  }
}
