import t from 'tap'
import { scrubText } from './scrub-text.ts'
import { isMarkedSecret } from './secret.ts'

t.test('a key that a cut record glued to the word before it is found all the same', async t => {
  t.equal(isMarkedSecret('python-requestsk_live_51HxSECRETSECRET'), true)
  t.notMatch(scrubText('python-requestsk_live_51HxSECRETSECRET'), /SECRET/)
})

t.test('words that only look like a maker’s mark stay readable', async t => {
  for (const word of ['task_live_migration', 'disk_test_runner', 'risk_prod_report'])
    t.equal(isMarkedSecret(word), false, word)
})
