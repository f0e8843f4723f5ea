import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { serveClickHouse } from '../../services/platform/clickhouse-server.ts'
import { type Fault, Faults } from './faults.ts'

/**
 * A ClickHouse of this machine as a process of its own:
 *   node test/clickhouse/server.ts --path DIR --port N [--user default] [--password ''] [--database NAME]
 * Prints one JSON line when it listens: {"listening","faults","pid"}. `faults` is a second address: POST a fault
 * (faults.ts) to it, DELETE forgets those not yet struck, GET says how often each kind struck. Ends with its standard
 * input when started with --keeper, so that it never outlives a killed test.
 */
const { values } = parseArgs({
  options: {
    path: { type: 'string' },
    port: { type: 'string', default: '0' },
    user: { type: 'string', default: 'default' },
    password: { type: 'string', default: '' },
    database: { type: 'string', default: 'default' },
    reader: { type: 'string' },
    'reader-password': { type: 'string', default: '' },
    keeper: { type: 'boolean', default: false },
  },
})
if (values.path === undefined) throw new Error('--path DIR is needed')

const faults = new Faults()
const server = await serveClickHouse({
  folder: values.path,
  port: Number(values.port),
  user: values.user,
  password: values.password,
  hooks: faults,
  ...(values.reader === undefined ? {} : { reader: { user: values.reader, password: values['reader-password'] } }),
})
const listening = `http://127.0.0.1:${server.port}`
if (values.database !== 'default') {
  const headers = { 'x-clickhouse-user': values.user, 'x-clickhouse-key': values.password }
  const made = await fetch(listening, {
    method: 'POST',
    headers,
    body: `CREATE DATABASE IF NOT EXISTS \`${values.database}\``,
  })
  if (!made.ok) throw new Error(await made.text())
}

const orders = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  if (request.method === 'POST') faults.add(JSON.parse(Buffer.concat(parts).toString()) as Fault)
  if (request.method === 'DELETE') faults.clear()
  response.end(JSON.stringify(Object.fromEntries(faults.struck)))
})
await new Promise<void>(done => orders.listen(0, '127.0.0.1', done))
const address = orders.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

async function end(): Promise<void> {
  orders.close()
  orders.closeAllConnections()
  await server.close()
  process.exit(0)
}
process.once('SIGTERM', end)
process.once('SIGINT', end)
if (values.keeper) process.stdin.resume().once('end', () => process.kill(process.pid, 'SIGKILL'))
process.stdout.write(`${JSON.stringify({ listening, faults: `http://127.0.0.1:${port}`, pid: process.pid })}\n`)
