import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../services/domain/clock.ts'
import { type FolderLock, lockFolder } from '../topic/folder-lock.ts'
import { POSITION_MEMORY_MS } from '../topic/repeats.ts'

/** Positions [from, to) of one identity. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** How far one identity has come. */
export interface Standing {
  /** Everything below it stands on the topic. */
  readonly position: number
  /** Sent, or about to be when the process died: it is sent first, unchanged, so that it is a repeat or new, never both. */
  readonly pending?: Span
}

/** Where sources with positions stand, whichever topic they go to (design §6). */
export interface Positions {
  /** Undefined: nothing of this identity was ever sent. */
  standing(identity: string): Promise<Standing | undefined>
  /** Resolves once it will be known after a crash that this range comes next. Nothing of it is sent before. */
  sending(identity: string, span: Span): Promise<void>
  /** The range stands durably on the topic. */
  sent(identity: string, span: Span): void
  /** Everything sent is written down: the next start repeats nothing. Nothing may be sent any more. */
  close(): Promise<void>
}

/** Positions that the topic commits with the blocks themselves (SQLite): nothing else is kept. */
export function topicPositions(positionOf: (identity: string) => Promise<number | undefined>): Positions {
  return {
    async standing(identity) {
      const position = await positionOf(identity)
      return position === undefined ? undefined : { position }
    },
    sending: async () => {},
    sent: () => {},
    close: async () => {},
  }
}

interface Entry {
  readonly turn: number
  readonly span: Span
  readonly acknowledged: boolean
}

/** A slot is a sector of its own: a write cut by a power loss spoils no other. */
const SLOT_BYTES = 512
/** Identities remembered without asking the disk. */
const REMEMBERED = 10_000

/**
 * Positions for a topic that keeps none (Kafka): one small file per identity, in which the next range is written and
 * synced before it is sent. Two slots are written in turn; the one with the higher turn that reads whole stands.
 * Files not written for 90 days are forgotten, as the topic's own memory of ends is. One process per folder.
 */
export class SentPositions implements Positions {
  readonly #folder: string
  readonly #known = new Map<string, Entry>()

  readonly #lock: FolderLock

  private constructor(folder: string, lock: FolderLock) {
    this.#folder = folder
    this.#lock = lock
  }

  /** Makes the folder where needed. Throws LC_DATA_LOCKED while another process has it. */
  static async open(folder: string, clock: Clock): Promise<SentPositions> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const lock = lockFolder(folder)
    for (const name of (await readdir(folder)).filter(name => name.endsWith('.at'))) {
      const { mtimeMs } = await stat(join(folder, name))
      if (clock.now() - mtimeMs > POSITION_MEMORY_MS) await rm(join(folder, name), { force: true })
    }
    return new SentPositions(folder, lock)
  }

  async standing(identity: string): Promise<Standing | undefined> {
    const entry = await this.#entry(identity)
    if (entry === undefined) return undefined
    const { span, acknowledged } = entry
    return acknowledged ? { position: span.to } : { position: span.from, pending: span }
  }

  async sending(identity: string, span: Span): Promise<void> {
    const before = await this.#entry(identity)
    if (before !== undefined && !before.acknowledged) {
      if (before.span.from === span.from && before.span.to === span.to) return
      throw new Error('invariant: another range is sent while one is not acknowledged')
    }
    await this.#write(identity, { turn: (before?.turn ?? 0) + 1, span, acknowledged: false })
  }

  sent(identity: string, span: Span): void {
    const entry = this.#known.get(identity)
    if (entry !== undefined && entry.span.to === span.to) this.#known.set(identity, { ...entry, acknowledged: true })
  }

  async close(): Promise<void> {
    for (const [identity, { turn, span, acknowledged }] of this.#known) {
      if (!acknowledged || span.from === span.to) continue
      await this.#write(identity, { turn: turn + 1, span: { from: span.to, to: span.to }, acknowledged: true })
    }
    this.#lock.release()
  }

  async #entry(identity: string): Promise<Entry | undefined> {
    const known = this.#known.get(identity)
    if (known !== undefined) return known
    const read = await this.#read(identity)
    if (read !== undefined) this.#remember(identity, read)
    return read
  }

  #remember(identity: string, entry: Entry): void {
    this.#known.delete(identity)
    this.#known.set(identity, entry)
    for (const [oldest, { acknowledged }] of this.#known) {
      if (this.#known.size <= REMEMBERED) break
      if (acknowledged) this.#known.delete(oldest)
    }
  }

  async #read(identity: string): Promise<Entry | undefined> {
    const file = await open(this.#fileOf(identity), 'r').catch(ignoreAbsent)
    if (file === undefined) return undefined
    try {
      const both = Buffer.alloc(2 * SLOT_BYTES)
      const { bytesRead } = await file.read(both, 0, both.length, 0)
      const slots = [both.subarray(0, Math.min(SLOT_BYTES, bytesRead)), both.subarray(SLOT_BYTES, bytesRead)]
      return slots.map(decode).reduce((a, b) => (a === undefined || (b !== undefined && b.turn > a.turn) ? b : a))
    } finally {
      await file.close()
    }
  }

  async #write(identity: string, entry: Entry): Promise<void> {
    const path = this.#fileOf(identity)
    const there = await open(path, 'r+').catch(ignoreAbsent)
    const file = there ?? (await open(path, 'w+', 0o600))
    try {
      await file.write(encode(entry), 0, SLOT_BYTES, (entry.turn % 2) * SLOT_BYTES)
      await file.datasync()
    } finally {
      await file.close()
    }
    if (there === undefined) await syncFolder(this.#folder)
    this.#remember(identity, entry)
  }

  #fileOf(identity: string): string {
    return join(this.#folder, `${identity}.at`)
  }
}

function encode({ turn, span, acknowledged }: Entry): Buffer {
  const text = `1 ${turn} ${span.from} ${span.to} ${acknowledged ? 'sent' : 'next'}`
  return Buffer.from(`${text} ${digest(text)}`.padEnd(SLOT_BYTES - 1).concat('\n'))
}

/** Undefined for a slot never written, or not to its end. */
function decode(slot: Buffer): Entry | undefined {
  const [version, turn, from, to, state, sum] = slot.toString('latin1').split(' ')
  if (version !== '1' || sum !== digest(`1 ${turn} ${from} ${to} ${state}`)) return undefined
  return { turn: Number(turn), span: { from: Number(from), to: Number(to) }, acknowledged: state === 'sent' }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
