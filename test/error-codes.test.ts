import { readFileSync } from 'node:fs'
import t from 'tap'
import { ERRORS_PAGE, errorCodes } from './error-codes.ts'

t.test('every error code of the product is explained in docs/errors.md, and no other', async t => {
  const documented = [...readFileSync(ERRORS_PAGE, 'utf8').matchAll(/^\| `(LC_[A-Z0-9_]+)` \|/gm)].map(
    found => found[1],
  )
  t.strictSame(
    documented,
    errorCodes().map(({ code }) => code),
  )
})
