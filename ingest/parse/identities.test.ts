import t from 'tap'
import type { Identity } from '../../services/domain/raw-call.ts'
import { identify, somebody } from './identities.ts'

t.test('words for nobody name nobody, however they are wrapped', async t => {
  for (const word of ['', ' ', '-', ' - ', 'REDACTED', 'anonymous', 'ANONYMOUS', '(not set)', 'n/a', 'null', 'unknown'])
    t.equal(somebody(word), '', word)
  for (const odd of [undefined, null, {}, [], [[]], true, Number.NaN]) t.equal(somebody(odd), '')
  t.equal(somebody(' acme '), 'acme')
  t.equal(somebody(42), '42')
  t.equal(somebody(['acme']), 'acme')
})

t.test('identities keep the order of trust they were added in', async t => {
  const found: Identity[] = []
  identify(found, 'app', 'orders')
  identify(found, 'user', '-')
  identify(found, 'user', 'ann')
  t.same(found, [
    { kind: 'app', value: 'orders' },
    { kind: 'user', value: 'ann' },
  ])
})
