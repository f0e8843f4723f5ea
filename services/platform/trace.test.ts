import t from 'tap'
import type { StoredBlock } from '../domain/block.ts'
import { annotate, placeNow, readTraceparent, traceFields, tracing, writeTraceparent } from './trace.ts'
import { traceRequest } from './trace-http.ts'
import { traceInsert } from './trace-inserts.ts'
import { traceProcess, traceSend, UploadPlaces } from './trace-messages.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

t.test('a traceparent is read as W3C Trace Context says, and written back alike', async t => {
  for (const flags of ['00', '01']) {
    const text = `00-${TRACE}-${SPAN}-${flags}`
    const place = readTraceparent(text)
    t.match(place, { traceId: TRACE, spanId: SPAN, isRemote: true })
    t.equal(place && writeTraceparent(place), text)
  }
})

t.test('what a later version adds is left out, and a flag nobody knows yet', async t => {
  const place = readTraceparent(`01-${TRACE}-${SPAN}-ff-more`)
  t.equal(place && writeTraceparent(place), `00-${TRACE}-${SPAN}-01`)
})

t.test('anything else is no traceparent', async t => {
  for (const text of [
    undefined,
    7,
    ['a', 'b'],
    '',
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}-01x`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`,
  ])
    t.equal(readTraceparent(text), undefined, String(text).slice(0, 80))
})

t.test('without a collector nothing is made: no place, no list, no span, no field of a log line', async t => {
  t.equal(tracing(), false)
  t.equal(placeNow(), undefined)
  t.equal(UploadPlaces.start(), undefined)
  t.equal(traceSend(undefined, 0, 1), undefined)
  t.strictSame(traceFields(), {})
  annotate({ 'lastcall.source': 'edge' })
  const done = Promise.resolve('done')
  const upload = { route: '/ingest/:source', source: 'edge', headers: { traceparent: `00-${TRACE}-${SPAN}-01` } }
  t.equal(
    traceRequest(upload, { statusCode: 200 }, () => done),
    done,
    'the work itself is handed back',
  )
  t.equal(
    traceInsert('calls', () => done),
    done,
  )
  const untouched = new Proxy<StoredBlock[]>([], {
    get: () => {
      throw new Error('blocks were looked at')
    },
  })
  t.equal(
    traceProcess(0, untouched, () => done),
    done,
  )
})
