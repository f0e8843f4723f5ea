import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { LcError } from '../../services/domain/errors.ts'
import type { Carrier, HandedOver, OutgoingLetter } from './carrier.ts'
import { classify, type Refusal } from './classify.ts'

/** The only file that knows nodemailer: letters become messages here, and leave by SMTP. */

export interface Message {
  readonly from: string
  /** '' for none. */
  readonly replyTo: string
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** With its angle brackets. */
  readonly messageId: string
  /** Message-IDs of the thread, oldest first. */
  readonly references: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds UTC. */
  readonly date: number
}

/** A message as it goes over the wire (RFC 5322, multipart/alternative): the same values give the same bytes. Nothing is read from files or addresses. */
export async function buildSource(message: Message): Promise<Buffer> {
  for (const line of [message.from, message.replyTo, message.to, message.subject, ...Object.values(message.headers)]) {
    if (/[\r\n\0]/.test(line)) throw new Error('a header value must be one line')
  }
  const inReplyTo = message.references.at(-1)
  const mail = new MailComposer({
    from: message.from,
    to: { name: '', address: message.to },
    ...(message.replyTo === '' ? {} : { replyTo: message.replyTo }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: message.messageId,
    date: new Date(message.date),
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: [...message.references] }),
    headers: { 'Auto-Submitted': 'auto-generated', ...message.headers },
    baseBoundary: message.messageId.replace(/[^0-9A-Za-z]/g, '').slice(0, 40),
    disableFileAccess: true,
    disableUrlAccess: true,
    xMailer: false,
  })
  return await mail.compile().build()
}

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** The envelope's sender: where bounces go. */
  readonly sender: string
  /** Waits, in milliseconds: for a connection and greeting, and for any reply (RFC 5321 §4.5.3.2 asks for 10 minutes after the dot). */
  readonly connectMs?: number
  readonly replyMs?: number
}

/** So many connections lost one after another end a run. */
const LOST_IN_A_ROW = 3

/** Hands letters to one mail server, over one connection that is opened when needed and again after a fault. */
export function smtp(options: SmtpOptions): Carrier {
  let connection: SMTPConnection | undefined
  let lost = 0
  const drop = (): void => {
    connection?.close()
    connection = undefined
  }
  return {
    way: 'smtp',
    async ready() {
      if (connection !== undefined && !connection.destroyed) return
      connection = await connect(options)
    },
    async hand(letter) {
      if (connection === undefined) throw new Error('hand() before ready()')
      const handed = await hand(connection, options.sender, letter)
      if (handed.outcome.kind === 'accepted' || (await reset(connection))) {
        lost = 0
        return handed
      }
      drop()
      lost += 1
      return lost < LOST_IN_A_ROW || handed.stop !== ''
        ? handed
        : { ...handed, stop: 'the mail server is lost again and again' }
    },
    async close() {
      connection?.quit()
      connection = undefined
    },
  }
}

async function connect(options: SmtpOptions): Promise<SMTPConnection> {
  const connectMs = options.connectMs ?? 30_000
  const connection = new SMTPConnection({
    host: options.host,
    port: options.port,
    secure: options.tls === 'implicit',
    requireTLS: options.tls === 'starttls',
    ignoreTLS: options.tls === 'none',
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: options.replyMs ?? 600_000,
  })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject)
      connection.connect(error => (error === undefined || error === null ? resolve() : reject(error)))
    })
    const { user, password } = options
    if (user !== undefined && password !== undefined) {
      await new Promise<void>((resolve, reject) => {
        connection.login({ credentials: { user, pass: password } }, error =>
          error === null ? resolve() : reject(error),
        )
      })
    }
    return connection
  } catch (cause) {
    connection.close()
    const { message } = refusalOf(cause)
    throw new LcError(
      'LC_SMTP_CONNECT',
      `The mail server ${options.host}:${options.port} cannot be used: ${message}.`,
      'Check smtp.host, port, tls, user and password; letters stay queued.',
      3,
      { cause },
    )
  }
}

async function hand(connection: SMTPConnection, sender: string, letter: OutgoingLetter): Promise<HandedOver> {
  const source = new Source(letter.source)
  return await new Promise<HandedOver>(resolve => {
    connection.send({ from: sender, to: [letter.address] }, source, (error, info) => {
      if (error !== null && error !== undefined) resolve(classify(refusalOf(error), source.readableEnded))
      else resolve({ outcome: { kind: 'accepted', answer: info?.response ?? '' }, stop: '' })
    })
  })
}

/** The message as a stream: `readableEnded` tells whether everything, and so the final dot, was handed to the connection. */
class Source extends Readable {
  #bytes: Buffer | null
  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }
  override _read(): void {
    this.push(this.#bytes)
    if (this.#bytes !== null) this.push(null)
    this.#bytes = null
  }
}

/** After a refusal the connection serves again once it is reset; false when it does not. */
async function reset(connection: SMTPConnection): Promise<boolean> {
  if (connection.destroyed) return false
  return await new Promise<boolean>(resolve => connection.reset(error => resolve(error === null)))
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Error)) return { message: String(error), code: undefined, reply: '', command: '' }
  const of = (name: string): unknown => Object.entries(error).find(([key]) => key === name)?.[1]
  const code = of('responseCode')
  const reply = of('response')
  const command = of('command')
  return {
    message: error.message.slice(0, 500),
    code: typeof code === 'number' ? code : undefined,
    reply: typeof reply === 'string' ? reply.replace(/[\r\n]+/g, ' ').slice(0, 500) : '',
    command: typeof command === 'string' ? command : '',
  }
}
