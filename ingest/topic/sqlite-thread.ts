import { Worker } from 'node:worker_threads'
import { LcError } from '../../services/domain/errors.ts'
import type { Mark, RawBlock, ReadRequest, SqliteLogOptions } from './sqlite-log.ts'
import type { ReadAnswer, WorkerAnswer, WorkerFault, WorkerRequest } from './sqlite-worker.ts'

/**
 * The log in a thread of its own, so that a slow disk stalls no request. Requests are served in order.
 * Rejects with LC_TOPIC_FULL at the disk limit, LC_TOPIC_DOWN on any trouble with the file or the thread.
 */
export class SqliteThread {
  readonly #worker: Worker
  readonly #waiting: PromiseWithResolvers<unknown>[] = []
  #dead: Error | undefined

  private constructor(options: SqliteLogOptions) {
    // The published package has the same files as JavaScript.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js'
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: options, execArgv: [] })
    this.#worker.on('message', (answer: WorkerAnswer) => {
      const waiting = this.#waiting.shift()
      if ('fault' in answer) waiting?.reject(thrown(answer.fault))
      else waiting?.resolve(answer.value)
    })
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', () => this.#die(new Error('the thread of the topic ended')))
  }

  /** Opens the file; rejects with what is wrong with it. */
  static async open(options: SqliteLogOptions): Promise<SqliteThread> {
    const thread = new SqliteThread(options)
    try {
      await thread.#answer()
      return thread
    } catch (error) {
      await thread.#worker.terminate()
      throw error
    }
  }

  write(blocks: readonly RawBlock[], marks: readonly Mark[], now: number): Promise<void> {
    return this.#ask({ do: 'write', blocks, marks, now }) as Promise<void>
  }
  read(what: ReadRequest): Promise<ReadAnswer> {
    return this.#ask({ do: 'read', what }) as Promise<ReadAnswer>
  }
  committed(partition: number): Promise<{ offset: number; metadata: string }> {
    return this.#ask({ do: 'committed', partition }) as Promise<{ offset: number; metadata: string }>
  }
  ends(): Promise<number[]> {
    return this.#ask({ do: 'ends' }) as Promise<number[]>
  }
  positionOf(key: string): Promise<number | undefined> {
    return this.#ask({ do: 'positionOf', key }) as Promise<number | undefined>
  }

  async close(): Promise<void> {
    if (this.#dead !== undefined) return
    await this.#ask({ do: 'close' })
    await this.#worker.terminate()
  }

  #ask(request: WorkerRequest): Promise<unknown> {
    if (this.#dead !== undefined) return Promise.reject(down(this.#dead.message))
    const answer = this.#answer()
    this.#worker.postMessage(request)
    return answer
  }

  #answer(): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  #die(error: unknown): void {
    this.#dead ??= error instanceof Error ? error : new Error(String(error))
    for (const waiting of this.#waiting.splice(0)) waiting.reject(down(this.#dead.message))
  }
}

function thrown(fault: WorkerFault): LcError {
  if (fault.kind === 'known') return new LcError(fault.code as `LC_${string}`, fault.message, fault.todo, fault.exit)
  if (fault.kind === 'trouble') return down(fault.message)
  return new LcError(
    'LC_TOPIC_FULL',
    'The topic holds as many bytes as it may, and none of them are stored yet.',
    'See why the store is behind (`/readyz`, `/metrics`), or raise the limit of the topic.',
  )
}

function down(why: string): LcError {
  return new LcError(
    'LC_TOPIC_DOWN',
    `The topic cannot be written or read: ${why}.`,
    'Mend the disk of the data folder; it is tried again by itself.',
  )
}
