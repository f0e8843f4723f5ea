import t from 'tap'
import { emptyRawCall } from '../../services/domain/raw-call.ts'
import { durationMs, settle } from './settle.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const request = (method = 'GET', target = '/x') => ({ ...emptyRawCall(), method, target })

t.test('what is missing first is the reason: request, status, time', async t => {
  const nothing = Number.NaN
  t.same(settle(request(''), undefined, nothing, context), { kind: 'unparsed', reason: 'no-request' })
  t.same(settle(request('GET', 'x'), 200, 1, context), { kind: 'unparsed', reason: 'no-request' })
  t.same(settle(request(), undefined, nothing, context), { kind: 'unparsed', reason: 'no-status' })
  t.same(settle(request(), 200, nothing, context), { kind: 'unparsed', reason: 'no-time' })
  t.match(settle(request(), 0, 7, context), { kind: 'ok', value: { status: 0, time: 7 } })
})

t.test("the envelope's time stands in for a missing one, and is then a logged one", async t => {
  const call = { ...request(), timeKind: 'start' as const }
  t.match(settle(call, 200, Number.NaN, { ...context, envelopeTime: 5 }), { value: { time: 5, timeKind: 'logged' } })
  t.match(settle({ ...request(), timeKind: 'start' }, 200, 3, { ...context, envelopeTime: 5 }), {
    value: { time: 3, timeKind: 'start' },
  })
})

t.test('a duration that was not measured is none', async t => {
  for (const odd of [-1, Number.NaN, Number.POSITIVE_INFINITY, 5e9]) t.equal(durationMs(odd), 0)
  t.equal(durationMs(37.5), 37.5)
  t.equal(durationMs(37_500, 1000), 37.5)
})
