import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Receipt } from '../../ingest/collect/tallies.ts'
import type { RangeSender } from '../../ingest/door/import-file.ts'
import { RANGE_HEADER, writeRange } from '../../ingest/door/imported-range.ts'
import { LcError } from '../domain/errors.ts'
import { readAddress } from '../embedded/address-file.ts'
import { startEmbedded } from '../embedded/embedded.ts'
import { silentLog } from '../platform/log.ts'
import { type CommandContext, textFlag } from './command.ts'
import { loadForRun } from './run-config.ts'

/** A running Last Call as other commands use it. */
export class Service implements RangeSender {
  readonly url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #signal: AbortSignal

  constructor(url: string, token: string | undefined, signal: AbortSignal) {
    this.url = url.replace(/\/+$/, '')
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    this.#signal = signal
  }

  /** GETs JSON. Throws LC_SERVICE_ANSWER, LC_SERVICE_DOWN. */
  async get(path: string): Promise<unknown> {
    return (await this.#ask(path, { headers: { ...this.#headers, accept: 'application/json' } })).json()
  }

  async getText(path: string, accept: string): Promise<string> {
    return (await this.#ask(path, { headers: { ...this.#headers, accept } })).text()
  }

  /** 503 and 429 are waited out: the range is sent again, unchanged, until it is taken. */
  async send(source: string, identity: string, from: number, to: number, bytes: Buffer): Promise<Receipt> {
    const headers = {
      ...this.#headers,
      'content-type': 'application/octet-stream',
      [RANGE_HEADER]: writeRange({ identity, from, to }),
    }
    for (;;) {
      const response = await this.#fetch(`/ingest/${encodeURIComponent(source)}`, {
        method: 'POST',
        headers,
        body: new Uint8Array(bytes),
      })
      if (response.status !== 503 && response.status !== 429)
        return (await this.#checked(response)).json() as Promise<Receipt>
      await response.arrayBuffer()
      await delay(Number(response.headers.get('retry-after') ?? 1) * 1000, undefined, { signal: this.#signal })
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    return this.#checked(await this.#fetch(path, init))
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url + path, { ...init, signal: this.#signal, redirect: 'error' })
    } catch (error) {
      throw new LcError(
        'LC_SERVICE_DOWN',
        `Nothing answers at ${this.url}.`,
        'Start `lastcall up`, or give its address with --url.',
        3,
        { cause: error },
      )
    }
  }

  async #checked(response: Response): Promise<Response> {
    if (response.ok) return response
    const problem = (await response.json().catch(() => ({}))) as { code?: string; title?: string; detail?: string }
    throw new LcError(
      'LC_SERVICE_ANSWER',
      `The service answered ${response.status}: ${problem.title ?? ''} [${problem.code ?? 'no code'}]`,
      problem.detail ?? 'See its log.',
      response.status < 500 ? 2 : 3,
    )
  }
}

/** Works with the service at --url, or the one that holds the data folder; when nobody does, one is started for the time of `work`. */
export async function withService<T>(context: CommandContext, work: (service: Service) => Promise<T>): Promise<T> {
  const tokenFile = textFlag(context, 'token-file')
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim()
  const data = textFlag(context, 'data', '.lastcall')
  const url = textFlag(context, 'url') ?? (await readAddress(data))?.url
  if (url !== undefined) return work(new Service(url, token, context.signal))
  const { catalogue, settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
  const running = await startEmbedded({
    catalogue: {
      ...catalogue,
      sources: new Map([...catalogue.sources].map(([id, source]) => [id, { ...source, file: undefined }])),
    },
    settings,
    watch: undefined,
    data,
    host: '127.0.0.1',
    port: 0,
    clock: context.clock,
    environment: context.environment,
    notifyEveryMs: 0,
    log: silentLog,
  })
  try {
    const result = await work(new Service(running.url, undefined, context.signal))
    await running.settle()
    return result
  } finally {
    await running.stop()
  }
}
