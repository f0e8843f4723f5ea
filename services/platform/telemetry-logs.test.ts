import { pino } from 'pino'
import t from 'tap'
import { recordOf } from './telemetry-logs.ts'

/** The line pino writes for what is said. */
function lineOf(speak: (log: pino.Logger) => void): string {
  let line = ''
  const write = (text: string): void => {
    line = text
  }
  speak(pino({ level: 'trace', name: 'lastcall', timestamp: pino.stdTimeFunctions.isoTime }, { write }))
  return line
}

t.test('a line of the log keeps its level, time, message and fields as a record', async t => {
  const before = Date.now()
  const record = recordOf(lineOf(log => log.warn({ source: 'edge', times: 3, late: true, none: null }, 'it is late')))
  t.match(record, { severityText: 'WARN', severityNumber: 13, body: 'it is late' })
  t.strictSame(Object.keys(record.attributes ?? {}).sort(), ['hostname', 'late', 'pid', 'source', 'times'])
  t.match(record.attributes, { source: 'edge', times: 3, late: true })
  t.ok(Number(record.timestamp) >= before)
})

t.test('every level has its severity', async t => {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
  t.strictSame(
    levels.map(level => recordOf(lineOf(log => log[level]('said'))).severityNumber),
    [1, 5, 9, 13, 17, 21],
  )
})

t.test('a fault is exception.type, exception.message and exception.stacktrace', async t => {
  const { attributes } = recordOf(lineOf(log => log.error({ err: new TypeError('broken') }, 'a part did not stop')))
  t.match(attributes, {
    'exception.type': 'TypeError',
    'exception.message': 'broken',
    'exception.stacktrace': /TypeError/,
  })
  t.notOk(Object.keys(attributes ?? {}).includes('err'))
})

t.test('long texts are cut, many fields are bounded, structures become text', async t => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index]))
  const { attributes = {}, body } = recordOf(
    lineOf(log => log.info({ list: [1, 2], long: 'x'.repeat(9_000), ...many }, 'y'.repeat(9_000))),
  )
  t.equal(attributes.list, '[1,2]')
  t.equal(String(attributes.long).length, 2_000)
  t.equal(String(body).length, 2_000)
  t.equal(Object.keys(attributes).length, 32)
})
