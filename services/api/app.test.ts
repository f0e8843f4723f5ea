import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { silentLog } from '../platform/log.ts'
import { createApp } from './app.ts'

t.test('more connections than are allowed are closed as they come, and those before stay', async t => {
  const app = await createApp({ log: silentLog, readTokens: [], mostConnections: 3 })
  app.get('/healthz', async () => 'ok')
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const dial = () => connect({ host: '127.0.0.1', port: address.port }).on('error', () => {})
  const first = [dial(), dial(), dial()]
  await Promise.all(first.map(socket => once(socket, 'connect')))
  const extra = dial()
  await once(extra.resume(), 'close')
  for (const socket of first) {
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    t.match(answer.toString(), /^HTTP\/1.1 200 /)
    socket.destroy()
  }
})
