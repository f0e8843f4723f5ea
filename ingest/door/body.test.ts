import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import { ByteBudget } from '../collect/budget.ts'
import { type ReadBody, readBody } from './body.ts'

async function reading(t: Test, idleMs: number) {
  const budget = new ByteBudget(1_000_000)
  const found = Promise.withResolvers<ReadBody>()
  const server = createServer((request, response) => {
    void readBody(request, 1_000, budget, idleMs).then(read => {
      found.resolve(read)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  t.teardown(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 20\r\n\r\nhalf of it')
  return { socket, budget, found: found.promise }
}

t.test('a body that stops half way is cut off, and gives back the memory it held', async t => {
  const { socket, budget, found } = await reading(t, 50)
  t.strictSame(await found, { kind: 'gone' })
  if (!socket.closed) await once(socket, 'close')
  t.equal(budget.held, 0)
})

t.test('a sender that closes its half of the connection within a body is gone', async t => {
  const { socket, budget, found } = await reading(t, 60_000)
  socket.end()
  t.strictSame(await found, { kind: 'gone' })
  t.equal(budget.held, 0)
})
