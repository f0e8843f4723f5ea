import { simpleParser } from 'mailparser'
import t from 'tap'
import { type Manners, rudeServer } from '../smtp.fixture.ts'
import { buildSource, type Message, smtp } from './send.ts'

const message: Message = {
  from: 'API changes <api-changes@provider.example>',
  replyTo: '',
  to: 'dev@acme.example',
  subject: '28 days left: POST /v1/content/{id}/generate — größer',
  text: 'Hello\n.\nthere\n',
  html: '<p>Hello</p>',
  messageId: '<lastcall.0123456789abcdef@provider.example>',
  references: ['<a@provider.example>', '<b@provider.example>'],
  headers: { 'X-Lastcall-Letter': 'l0' },
  date: Date.UTC(2026, 10, 22, 9),
}

t.test('the same values make the same bytes', async t => {
  t.same(await buildSource(message), await buildSource(message))
})

t.test('an independent parser reads both parts, the thread and the marks of an automatic mail', async t => {
  const mail = await simpleParser(await buildSource(message))
  t.equal(mail.subject, message.subject)
  t.equal(mail.text?.trim(), 'Hello\n.\nthere')
  t.equal(mail.html, '<p>Hello</p>')
  t.equal(mail.messageId, message.messageId)
  t.equal(mail.inReplyTo, '<b@provider.example>')
  t.same(mail.references, message.references)
  t.equal(mail.headers.get('auto-submitted'), 'auto-generated')
  t.equal(mail.date?.toISOString(), '2026-11-22T09:00:00.000Z')
})

for (const field of ['from', 'replyTo', 'to', 'subject'] as const) {
  for (const [name, mark] of [
    ['CR', '\r'],
    ['LF', '\n'],
    ['NUL', '\0'],
  ] as const) {
    t.test(`${name} in ${field} can make no header: the letter is refused`, async t => {
      await t.rejects(buildSource({ ...message, [field]: `x@y.example${mark}Bcc: all@other.example` }), /one line/)
    })
  }
}

interface Case {
  readonly title: string
  readonly manners: Manners
  readonly outcome: object
  readonly stop?: RegExp | ''
  /** Whether the server has the message. */
  readonly has: number
}
const CASES: readonly Case[] = [
  {
    title: 'a letter the server takes is accepted, with its queue id',
    manners: {},
    outcome: { kind: 'accepted', answer: '250 2.0.0 queued as 4711' },
    has: 1,
  },
  {
    title: '451 after the dot: may be tried again',
    manners: { dot: '451 4.3.0 try later' },
    outcome: { kind: 'temporary' },
    has: 1,
  },
  {
    title: '554 after the dot: failed, but the address is not to blame',
    manners: { dot: '554 5.7.1 spam' },
    outcome: { kind: 'permanent', address: false },
    has: 1,
  },
  {
    title: '550 to the recipient: failed, and the address is refused',
    manners: { rcpt: '550 no such user' },
    outcome: { kind: 'permanent', address: true },
    has: 0,
  },
  {
    title: '550 5.7.1 to the recipient is about us, not the address',
    manners: { rcpt: '550 5.7.1 relay denied' },
    outcome: { kind: 'permanent', address: false },
    has: 0,
  },
  {
    title: '450 to the recipient: may be tried again',
    manners: { rcpt: '450 4.2.0 greylisted' },
    outcome: { kind: 'temporary' },
    has: 0,
  },
  {
    title: 'the sender refused: the letter waits and the run ends',
    manners: { mail: '550 5.1.8 bad sender' },
    outcome: { kind: 'temporary' },
    stop: /refuses the sender/,
    has: 0,
  },
  {
    title: '421 at any point: the letter waits and the run ends',
    manners: { rcpt: '421 4.3.2 shutting down' },
    outcome: { kind: 'temporary' },
    stop: /closes/,
    has: 0,
  },
  {
    title: 'lost at DATA: nothing was delivered, may be tried again',
    manners: { data: 'close' },
    outcome: { kind: 'temporary' },
    has: 0,
  },
  {
    title: 'lost after the final dot: unknown, and the run ends',
    manners: { dot: 'close' },
    outcome: { kind: 'unknown' },
    stop: /after the last byte/,
    has: 1,
  },
  {
    title: 'silent after the final dot: unknown',
    manners: { dot: 'stall' },
    outcome: { kind: 'unknown' },
    stop: /after the last byte/,
    has: 1,
  },
]

t.test('what became of a letter', async t => {
  for (const { title, manners, outcome, stop = '', has } of CASES) {
    t.test(title, async t => {
      const server = await rudeServer()
      const carrier = smtp({
        host: '127.0.0.1',
        port: server.port,
        tls: 'none',
        sender: 'api-changes@provider.example',
        connectMs: 5_000,
        replyMs: 700,
      })
      server.behave(manners)
      await carrier.ready()
      const handed = await carrier.hand({ id: 'l0', address: 'dev@acme.example', source: await buildSource(message) })
      t.match(handed, { outcome, stop })
      t.equal(server.messages.length, has)
      server.behave({})
      await carrier.ready()
      const again = await carrier.hand({ id: 'l1', address: 'dev@beta.example', source: await buildSource(message) })
      t.match(again, { outcome: { kind: 'accepted' } }, 'and the next letter goes')
      await carrier.close()
      await server.close()
    })
  }
})

t.test('a big letter cut off in the middle is not delivered, and not unknown', async t => {
  const server = await rudeServer()
  server.behave({ midway: true })
  const carrier = smtp({
    host: '127.0.0.1',
    port: server.port,
    tls: 'none',
    sender: 'a@provider.example',
    replyMs: 2_000,
  })
  await carrier.ready()
  const source = Buffer.alloc(8_000_000, 'x\r\n')
  t.match(await carrier.hand({ id: 'l0', address: 'dev@acme.example', source }), {
    outcome: { kind: /temporary|unknown/ },
  })
  t.equal(server.messages.length, 0)
  await carrier.close()
  await server.close()
})

t.test('a mail server that is not there, stalls or hangs up is said before any letter is touched', async t => {
  const server = await rudeServer()
  const to = (port: number) =>
    smtp({ host: '127.0.0.1', port, tls: 'none', sender: 'a@provider.example', connectMs: 300 })
  for (const greeting of ['close', 'stall', '554 no service here']) {
    server.behave({ greeting })
    await t.rejects(to(server.port).ready(), { code: 'LC_SMTP_CONNECT', exit: 3 }, greeting)
  }
  await server.close()
  await t.rejects(to(server.port).ready(), { code: 'LC_SMTP_CONNECT' })
})

t.test('where TLS is asked for, a server without it gets no letter', async t => {
  const server = await rudeServer()
  const carrier = smtp({
    host: '127.0.0.1',
    port: server.port,
    tls: 'starttls',
    sender: 'a@provider.example',
    connectMs: 1_000,
  })
  await t.rejects(carrier.ready(), { code: 'LC_SMTP_CONNECT' })
  t.same(server.messages, [])
  await server.close()
})
