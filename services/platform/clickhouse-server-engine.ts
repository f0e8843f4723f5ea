import { type ChdbResult, Session } from 'chdb'
import { quoted } from './clickhouse-params.ts'

export interface EngineStatement {
  readonly sql: string
  /** Of the answer, when the statement names none. */
  readonly format: string
  readonly database: string
  /** Names checked by the caller. */
  readonly settings: ReadonlyMap<string, string>
  /** Name → value in ClickHouse's escaped text form. */
  readonly params: ReadonlyMap<string, string>
}

/** Runs one statement after another; settings last for one of them. */
class Lane {
  waiting = 0
  readonly #session: Session
  #last: Promise<unknown> = Promise.resolve()

  constructor(folder: string, before: string) {
    this.#session = new Session(folder)
    if (before !== '') this.#last = this.#session.queryAsync(before)
  }

  run(statement: EngineStatement): Promise<ChdbResult> {
    this.waiting += 1
    const turn = this.#last
      .then(() => this.#run(statement))
      .finally(() => {
        this.waiting -= 1
      })
    this.#last = turn.catch(() => {})
    return turn
  }

  async close(): Promise<void> {
    // A session closed under a statement takes the whole engine down.
    await this.#last
    this.#session.close()
  }

  async #run({ sql, format, database, settings, params }: EngineStatement): Promise<ChdbResult> {
    const set = [
      ...[...settings].map(([name, value]) => `${name} = ${quoted(value)}`),
      ...[...params].map(([name, value]) => `param_${name} = ${quoted(value)}`),
    ]
    const before = `USE \`${database}\`; ${set.length === 0 ? '' : `SET ${set.join(', ')}; `}`
    try {
      return await this.#session.queryAsync(before + sql, { format })
    } finally {
      if (settings.size > 0) {
        const names = [...settings.keys()].map(name => `${name} = DEFAULT`)
        await this.#session.queryAsync(`SET ${names.join(', ')}`).catch(() => {})
      }
    }
  }
}

/** A few sessions on one folder: what writes goes through one of them, questions never wait behind it. */
export class ServerEngine {
  readonly #writing: Lane
  readonly #asking: readonly Lane[]

  /** `before`: settings of every session, for its life. */
  constructor(folder: string, asking: number, before: string) {
    this.#writing = new Lane(folder, before)
    this.#asking = Array.from({ length: asking }, () => new Lane(folder, before))
  }

  run(statement: EngineStatement, writes: boolean): Promise<ChdbResult> {
    const lane = writes
      ? this.#writing
      : this.#asking.reduce((best, one) => (one.waiting < best.waiting ? one : best), this.#asking[0] ?? this.#writing)
    return lane.run(statement)
  }

  async close(): Promise<void> {
    await Promise.all([this.#writing, ...this.#asking].map(lane => lane.close()))
  }
}
