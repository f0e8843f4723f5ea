import { pino } from 'pino'
import t from 'tap'
import { kafkaErrorType } from './kafka.ts'
import { zstdCodec } from './kafka-codec.ts'
import { kafkaLog } from './kafka-log.ts'

t.test('batches of any size come out of the codec as they went in', async t => {
  for (const size of [0, 1, 60_000, 70_000, 3_000_000]) {
    const buffer = Buffer.alloc(size, 'GET /v1/content/12 200 okhttp\n')
    const packed = await zstdCodec.compress({ buffer })
    t.ok((await zstdCodec.decompress(packed)).equals(buffer), `${size}`)
  }
  const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(50_000)))
  t.ok((await zstdCodec.decompress(await zstdCodec.compress({ buffer: noise }))).equals(noise))
})

t.test('a batch that would unpack beyond all measure is refused', async t => {
  const packed = await zstdCodec.compress({ buffer: Buffer.alloc(257 * 1024 * 1024) })
  await t.rejects(zstdCodec.decompress(packed))
})

t.test(
  'what a broker says while it starts is debug, other trouble a warning, and only known fields are logged',
  async t => {
    const lines: unknown[] = []
    const log = pino({ level: 'debug', base: null, timestamp: false }, { write: line => lines.push(JSON.parse(line)) })
    const write = kafkaLog(log)()
    write({
      namespace: 'Connection',
      level: 1,
      log: { message: 'Response GroupCoordinator', error: 'The group coordinator is not available' },
    })
    write({ namespace: 'Runner', level: 4, log: { message: 'Consumer has joined the group', memberAssignment: {} } })
    write({
      namespace: 'Connection',
      level: 1,
      log: { message: 'Connection timeout', broker: 'b:9092', payload: Buffer.from('secret') },
    })
    t.same(lines, [
      {
        level: 20,
        part: 'Connection',
        error: 'The group coordinator is not available',
        msg: 'kafka: Response GroupCoordinator',
      },
      { level: 20, part: 'Runner', msg: 'kafka: Consumer has joined the group' },
      { level: 40, part: 'Connection', broker: 'b:9092', msg: 'kafka: Connection timeout' },
    ])
  },
)

t.test('the broker’s name for an error is found, however it is wrapped', async t => {
  const inner = Object.assign(new Error('no'), { type: 'UNKNOWN_MEMBER_ID' })
  t.equal(kafkaErrorType(inner), 'UNKNOWN_MEMBER_ID')
  t.equal(kafkaErrorType(new Error('outer', { cause: inner })), 'UNKNOWN_MEMBER_ID')
  t.equal(kafkaErrorType(new Error('plain')), '')
  t.equal(kafkaErrorType('text'), '')
})
