import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isLocalRequest } from './access.ts'
import { refuse } from './clickhouse-server-answer.ts'
import { ServerFault } from './clickhouse-server-fault.ts'

export interface ClickHouseServer {
  readonly port: number
  /** Finishes what runs. */
  close(): Promise<void>
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>

/** The HTTP around statements: only this machine, /ping, refusals in ClickHouse's words. */
export async function listen(port: number, handler: Handler): Promise<ClickHouseServer> {
  const server = createServer((request, response) => {
    if (!isLocalRequest(request.socket.remoteAddress, request.headers)) {
      response.writeHead(403).end('only this machine is answered here\n')
      return
    }
    // A page of another site may send what it cannot read; it shall not even cost a question.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      response.writeHead(403).end('pages of other sites are not answered\n')
      return
    }
    const url = URL.parse(request.url ?? '/', 'http://localhost')
    if (url === null) return refuse(response, new ServerFault(36, 'BAD_ARGUMENTS', 'Not an address'))
    response.setHeader('X-ClickHouse-Server-Display-Name', 'lastcall')
    if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n')
      return
    }
    if (url.pathname !== '/' && url.pathname !== '/query') {
      response.writeHead(404).end(`There is no handle ${url.pathname.slice(0, 100)}\n`)
      return
    }
    handler(request, response, url).catch((error: unknown) => {
      // What is left of a body that was refused must not be read as the next request.
      if (!request.complete) response.setHeader('Connection', 'close')
      refuse(response, ServerFault.of(error))
    })
  })
  // Bodies may take longer than Node's five minutes when the machine is busy.
  server.requestTimeout = 0
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', done)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise<void>(done => {
        server.close(() => done())
        server.closeIdleConnections()
      }),
  }
}
