import { parentPort, workerData } from 'node:worker_threads'
import { LcError } from '../../services/domain/errors.ts'
import {
  FullError,
  type Mark,
  type RawBlock,
  type RawStored,
  type ReadRequest,
  SqliteLog,
  type SqliteLogOptions,
} from './sqlite-log.ts'

/** What the topic asks of its worker; one answer each, in order. */
export type WorkerRequest =
  | {
      readonly do: 'write'
      readonly blocks: readonly RawBlock[]
      readonly marks: readonly Mark[]
      readonly now: number
    }
  | { readonly do: 'read'; readonly what: ReadRequest }
  | { readonly do: 'committed'; readonly partition: number }
  | { readonly do: 'ends' }
  | { readonly do: 'positionOf'; readonly key: string }
  | { readonly do: 'close' }

export type WorkerAnswer = { readonly value: unknown } | { readonly fault: WorkerFault }
export interface WorkerFault {
  readonly kind: 'full' | 'known' | 'trouble'
  readonly message: string
  readonly code: string
  readonly todo: string
  readonly exit: 1 | 2 | 3
}

/** A read block on its way: where its bytes lie in the one buffer that is handed over. */
export interface ReadAnswer {
  readonly blocks: readonly {
    readonly offset: number
    readonly logTime: number
    readonly headers: string
    readonly at: number
    readonly size: number
  }[]
  readonly bytes: Uint8Array
}

const port = parentPort
if (port !== null) {
  let log: SqliteLog | undefined
  answer(port, () => {
    log = new SqliteLog(workerData as SqliteLogOptions)
  })
  port.on('message', (request: WorkerRequest) => {
    answer(port, () => (log === undefined ? undefined : serve(log, request)))
    if (request.do === 'close') port.close()
  })
}

function serve(log: SqliteLog, request: WorkerRequest): unknown {
  switch (request.do) {
    case 'write':
      return log.write(request.blocks, request.marks, request.now)
    case 'read':
      return joined(log.read(request.what))
    case 'committed':
      return log.committed(request.partition)
    case 'ends':
      return log.ends()
    case 'positionOf':
      return log.positionOf(request.key)
    case 'close':
      return log.close()
  }
}

/** All payloads in one buffer: it changes hands instead of being copied. */
function joined(blocks: readonly RawStored[]): ReadAnswer {
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.payload.length, 0))
  let at = 0
  const places = blocks.map(({ offset, logTime, headers, payload }) => {
    bytes.set(payload, at)
    at += payload.length
    return { offset, logTime, headers, at: at - payload.length, size: payload.length }
  })
  return { blocks: places, bytes }
}

function answer(to: NonNullable<typeof parentPort>, work: () => unknown): void {
  try {
    const value = work()
    to.postMessage({ value }, isRead(value) ? [value.bytes.buffer as ArrayBuffer] : [])
  } catch (error) {
    to.postMessage({ fault: faultOf(error) })
  }
}

function isRead(value: unknown): value is ReadAnswer {
  return typeof value === 'object' && value !== null && 'bytes' in value
}

function faultOf(error: unknown): WorkerFault {
  if (error instanceof FullError) return { kind: 'full', message: error.message, code: '', todo: '', exit: 3 }
  if (error instanceof LcError)
    return { kind: 'known', message: error.message, code: error.code, todo: error.todo, exit: error.exit }
  return {
    kind: 'trouble',
    message: error instanceof Error ? error.message : String(error),
    code: '',
    todo: '',
    exit: 3,
  }
}
