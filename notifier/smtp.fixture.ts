import { createServer, type Server, type Socket } from 'node:net'

/** What a mail server is told to do at one point of the conversation. `close` drops the connection without a word. */
export interface Manners {
  readonly greeting?: string | 'close' | 'stall'
  readonly mail?: string
  readonly rcpt?: string
  readonly data?: string | 'close'
  /** After the final dot, when the message is whole. `close` has taken the message and says nothing. */
  readonly dot?: string | 'close' | 'stall'
  /** Close in the middle of the message. */
  readonly midway?: boolean
}

export interface RudeServer {
  readonly port: number
  /** Messages that were received whole, whatever was answered. */
  readonly messages: readonly string[]
  behave(manners: Manners): void
  close(): Promise<void>
}

/** A mail server that breaks the rules where the test says so: the real ones do, and a polite library cannot show it. */
export async function rudeServer(): Promise<RudeServer> {
  let manners: Manners = {}
  const messages: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    talk(socket, () => manners, messages)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages,
    behave: next => {
      manners = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

function talk(socket: Socket, now: () => Manners, messages: string[]): void {
  let buffer = ''
  let inData = false
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  const { greeting } = now()
  if (greeting === 'close') socket.destroy()
  else if (greeting !== 'stall') say(greeting ?? '220 mail.example ESMTP')
  socket.on('data', chunk => {
    buffer += chunk.toString('latin1')
    if (inData && now().midway === true) {
      socket.destroy()
      return
    }
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      const part = buffer.slice(0, end)
      buffer = buffer.slice(end + (inData ? 5 : 2))
      if (inData) {
        inData = false
        messages.push(part)
        const { dot } = now()
        if (dot === 'close') socket.destroy()
        else if (dot !== 'stall') say(dot ?? '250 2.0.0 queued as 4711')
      } else inData = command(part.toUpperCase(), now(), say, socket)
    }
  })
}

/** Answers one command; true when the message follows. */
function command(line: string, manners: Manners, say: (line: string) => void, socket: Socket): boolean {
  if (line.startsWith('EHLO')) say('250 mail.example')
  else if (line.startsWith('MAIL')) say(manners.mail ?? '250 ok')
  else if (line.startsWith('RCPT')) say(manners.rcpt ?? '250 ok')
  else if (line.startsWith('DATA')) {
    if (manners.data === 'close') socket.destroy()
    else say(manners.data ?? '354 go on')
    return manners.data === undefined
  } else if (line.startsWith('QUIT')) socket.end('221 bye\r\n')
  else say('250 ok')
  return false
}
