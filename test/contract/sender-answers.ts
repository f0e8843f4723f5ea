import type { Test } from 'tap'
import { decode, EXPORT_RESPONSE, STATUS } from '../../ingest/door/grpc.fixture.ts'
import type { Sender } from './senders-table.ts'

/** One request of a sender, and what it heard. */
export interface Answer {
  readonly response: Response
  readonly text: string
  readonly bytes: Buffer
  /** Its id of the upload, where it has one. */
  readonly id: string
}

/** Posts as the sender does; `token` under the header it can set. */
export async function send(url: string, sender: Sender, source: string, body: Buffer, token: string): Promise<Answer> {
  const id = crypto.randomUUID()
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    ...sender.headers,
    ...sender.credential(token),
  }
  if (sender.dialect === 'firehose') headers['x-amz-firehose-request-id'] = id
  if (sender.dialect?.startsWith('otlp') === true) headers['lastcall-source'] = source
  const response = await fetch(url + sender.path(source), { method: 'POST', headers, body: new Uint8Array(body) })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { response, text: bytes.toString('utf8'), bytes, id }
}

/** 200, exactly, in the words the sender reads as success. */
export function taken(t: Test, sender: Sender, answered: Answer, receipt: object, rejected = 0): void {
  const { response, text, bytes, id } = answered
  t.equal(response.status, 200, `${sender.name}: ${text}`)
  t.equal(response.headers.get('content-encoding'), null, 'never packed: Firehose refuses that')
  if (sender.dialect === 'otlp-protobuf') {
    t.equal(response.headers.get('content-type'), 'application/x-protobuf', 'as asked: another is a lost batch')
    const partial = { partialSuccess: { rejectedLogRecords: String(rejected) } }
    return void t.match(decode(EXPORT_RESPONSE, bytes), rejected === 0 ? {} : partial)
  }
  t.match(response.headers.get('content-type'), 'application/json')
  const answer = JSON.parse(text) as { timestamp?: unknown }
  if (sender.dialect === 'firehose') {
    t.strictSame(Object.keys(answer), ['requestId', 'timestamp'])
    t.match(answer, { requestId: id, timestamp: Number })
  } else if (sender.dialect === 'otlp')
    t.match(answer, rejected === 0 ? {} : { partialSuccess: { rejectedLogRecords: String(rejected) } })
  else t.match(answer, receipt)
}

/** A refusal under this status, in the sender's dialect, with a time to come again where it is one of those. */
export function refused(t: Test, sender: Sender, answered: Answer, status: number, code: string): void {
  const { response, text, bytes, id } = answered
  t.equal(response.status, status, `${sender.name}: ${text}`)
  const answer = sender.dialect === 'otlp-protobuf' ? decode(STATUS, bytes) : (JSON.parse(text) as object)
  if (sender.dialect === 'firehose') {
    t.match(answer, { requestId: id, errorMessage: new RegExp(code) })
    const { timestamp } = answer as { timestamp?: number }
    t.ok(Math.abs(Number(timestamp) - Date.now()) < 3_600_000, 'of now, in milliseconds')
  } else if (sender.dialect?.startsWith('otlp') === true) t.match(answer, { code: Number, message: new RegExp(code) })
  else t.match(answer, { status, code, detail: String })
  const retry = response.headers.get('retry-after')
  if (status === 429 || status === 503) t.match(retry, /^[1-9]\d*$/)
  else t.equal(retry, null)
}
