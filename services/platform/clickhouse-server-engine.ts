import { resolve } from 'node:path'
import { Session } from 'chdb'
import { quoted } from './clickhouse-params.ts'
import { ServerFault } from './clickhouse-server-fault.ts'

/** One statement with everything that came beside it. Texts of settings and parameters are as they stood in the URL. */
export interface Statement {
  readonly sql: string
  readonly database: string
  readonly settings: ReadonlyMap<string, string>
  /** Set after all others, so that `readonly` cannot be taken back. */
  readonly limits?: Readonly<Record<string, string | number>>
  readonly params: ReadonlyMap<string, string>
  /** For statements that name no format themselves. */
  readonly format: string
}

export interface Answer {
  readonly bytes: Uint8Array
  readonly seconds: number
  readonly rowsRead: number
  readonly bytesRead: number
}

export interface EngineOptions {
  /** The folder; one that this process has open already may be opened again. */
  readonly folder: string
  /** Statements that read, and that write, at one time. libuv has four threads unless UV_THREADPOOL_SIZE says more. */
  readonly reading: number
  readonly writing: number
}

export interface Engine {
  /** Throws ServerFault with ClickHouse's number and words. */
  run(statement: Statement, lane: 'read' | 'write'): Promise<Answer>
  /** Waits for what runs. */
  close(): Promise<void>
}

/**
 * chdb for many callers. One chdb client runs its statements one after another, so each statement gets a client of
 * its own (6 ms): nothing slow holds up another, and no setting, parameter or database of one request is left for
 * the next.
 */
export function openEngine(options: EngineOptions): Engine {
  const folder = resolve(options.folder)
  // Held open: the engine ends with its last client, and starting it takes half a second.
  const anchor = new Session(folder)
  const gates = { read: new Gate(options.reading), write: new Gate(options.writing) }
  const running = new Set<Promise<unknown>>()
  let closed = false
  return {
    async run(statement, lane) {
      if (closed) throw new ServerFault(210, 'NETWORK_ERROR', 'The server is shutting down')
      const work = gates[lane].pass(() => runAlone(folder, statement))
      running.add(work)
      try {
        return await work
      } finally {
        running.delete(work)
      }
    },
    async close() {
      closed = true
      await Promise.allSettled(running)
      anchor.close()
    },
  }
}

async function runAlone(folder: string, statement: Statement): Promise<Answer> {
  const session = new Session(folder)
  try {
    const result = await session.queryAsync(prefix(statement) + statement.sql, { format: statement.format })
    return {
      bytes: result.bytes(),
      seconds: result.elapsed,
      rowsRead: result.rowsRead,
      bytesRead: result.bytesRead,
    }
  } catch (error) {
    throw ServerFault.of(error)
  } finally {
    session.close()
  }
}

/** The engine reads statements up to 256 KiB (max_query_size); parameters of a server have no such limit. */
const ROOM = 60_000

function prefix({ database, settings, limits, params }: Statement): string {
  const sets = [
    ...[...params].map(([name, value]) => `param_${checked(name)} = ${quoted(value)}`),
    ...[...settings].map(([name, value]) => `${checked(name)} = ${quoted(value)}`),
  ]
  const last = Object.entries(limits ?? {}).map(([name, value]) => `${name} = ${quoted(String(value))}`)
  const use = database === '' || database === 'default' ? '' : `USE \`${database.replaceAll(/[\\`]/g, '\\$&')}\`; `
  const text = use + setStatement(sets) + setStatement(last)
  return text.length > ROOM ? `SET max_query_size = ${text.length * 4}; ${text}` : text
}

function setStatement(sets: readonly string[]): string {
  return sets.length === 0 ? '' : `SET ${sets.join(', ')}; `
}

function checked(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,80}$/i.test(name)) {
    throw new ServerFault(115, 'UNKNOWN_SETTING', `Not a name of a setting or parameter: ${name.slice(0, 80)}`)
  }
  return name
}

/** As many at a time as it is wide; a queue with an end. */
class Gate {
  #free: number
  readonly #queue: (() => void)[] = []
  static readonly QUEUE = 200

  constructor(width: number) {
    this.#free = width
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else {
      if (this.#queue.length >= Gate.QUEUE) {
        throw new ServerFault(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries')
      }
      await new Promise<void>(go => this.#queue.push(go))
    }
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
