import t from 'tap'
import { sourceWith } from '../../test/small-world.ts'
import { Bucket, SourceRates } from './rate.ts'

t.test('two seconds of the rate pass at once, then what the rate gives', async t => {
  const bucket = new Bucket(10, 0)
  for (let sent = 0; sent < 20; sent += 1) {
    t.equal(bucket.wait(1, 0), 0)
    bucket.take(1)
  }
  t.equal(bucket.wait(1, 0), 1)
  t.equal(bucket.wait(1, 99), 1)
  t.equal(bucket.wait(1, 100), 0)
})

t.test('a body larger than the burst passes once the bucket is full, and is paid for afterwards', async t => {
  const bucket = new Bucket(10, 0)
  t.equal(bucket.wait(1_000, 0), 0)
  bucket.take(1_000)
  t.equal(bucket.wait(1, 0), 99, 'the wait is told in whole seconds')
  t.equal(bucket.wait(1, 98_200), 0)
})

t.test('a clock that was set back lends nothing', async t => {
  const bucket = new Bucket(1, 10_000)
  bucket.take(2)
  t.equal(bucket.wait(1, 0), 1)
  t.equal(bucket.wait(1, 1_000), 0)
})

t.test('a source is held to both of its limits, and to none it has not', async t => {
  const rates = new SourceRates()
  const limited = sourceWith({ limits: { bytesPerSecond: 100, uploadsPerSecond: 2, bodyBytes: undefined } })
  for (let sent = 0; sent < 4; sent += 1) t.equal(rates.admit(limited, 1, 0), 0)
  t.equal(rates.admit(limited, 1, 0), 1, 'uploads')
  t.equal(rates.admit(limited, 500, 10_000), 0)
  t.equal(rates.admit(limited, 1, 10_000), 4, 'bytes')
  t.equal(rates.admit(sourceWith({ id: 'free' }), 1e9, 0), 0)
})

t.test('bytes that were not announced are charged when they are known, and a changed limit holds at once', async t => {
  const rates = new SourceRates()
  const slow = sourceWith({ limits: { bytesPerSecond: 10, uploadsPerSecond: undefined, bodyBytes: undefined } })
  t.equal(rates.admit(slow, undefined, 0), 0)
  rates.charge(slow, 120)
  t.equal(rates.admit(slow, undefined, 0), 11)
  t.equal(rates.admit(sourceWith({ limits: { ...slow.limits, bytesPerSecond: 1_000 } }), 50, 0), 0)
})
