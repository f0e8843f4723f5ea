import fc from 'fast-check'
import t from 'tap'
import { aCall } from './a-call.ts'
import { BlockBuilder } from './block-builder.ts'
import { decodeBlock } from './decode.ts'

const builder = new BlockBuilder()
for (let i = 0; i < 5; i++) builder.add(aCall({ requestId: `r${i}` }))
const whole = Buffer.from(builder.take().payload)

t.test('an empty payload has no columns', async t => {
  t.same(decodeBlock(new Uint8Array(0)), [])
})

t.test('a block cut anywhere is refused with a code', async t => {
  const codes = new Set<unknown>()
  for (let size = 1; size < whole.length; size++) {
    try {
      decodeBlock(whole.subarray(0, size))
      codes.add(`read at ${size}`)
    } catch (error) {
      codes.add((error as { code?: unknown }).code)
    }
  }
  t.same([...codes], ['LC_BLOCK_UNREADABLE'])
})

t.test('a block with a byte changed is read or refused, never anything else', async t => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole)
      changed[at] = byte
      try {
        decodeBlock(changed)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'LC_BLOCK_UNREADABLE') throw error
      }
    }),
    { numRuns: 2_000 },
  )
  t.pass('2,000 bytes')
})
