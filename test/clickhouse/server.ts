import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { type ServerFault, startClickHouseServer } from '../../services/platform/clickhouse-server.ts'

/**
 * A ClickHouse server for tests: `node server.ts --path DIR --port N`. What shall go wrong is posted to a second port,
 * as JSON: `{ match, times, fault }`; the next `times` statements that contain `match` meet it.
 */
const { values } = parseArgs({ options: { path: { type: 'string' }, port: { type: 'string' } } })

interface Planned {
  readonly match: string
  times: number
  readonly fault: ServerFault
}
let planned: Planned[] = []

const server = await startClickHouseServer({
  folder: values.path ?? '',
  host: '127.0.0.1',
  port: Number(values.port ?? 0),
  readonly: false,
  fault(sql) {
    const found = planned.find(({ match, times }) => times > 0 && sql.includes(match))
    if (found === undefined) return undefined
    found.times -= 1
    return found.fault
  },
})
const control = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    planned = [...planned, JSON.parse(Buffer.concat(chunks).toString())]
    response.end()
  })
})
control.listen(0, '127.0.0.1', () => {
  const address = control.address()
  const faults = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  process.stdout.write(`${JSON.stringify({ listening: server.url, faults, pid: process.pid })}\n`)
})
process.once('SIGTERM', () => {
  control.closeAllConnections()
  control.close()
  void server.close()
})
