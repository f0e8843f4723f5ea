import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { type Decoded, decodeBody } from './decode.ts'
import { decodeStream } from './decode-stream.ts'
import { unsnappy } from './snappy.ts'

const CAPS = { bytes: 4_000_000, ratio: 100 }
const LINES = Buffer.from('{"a":1}\n'.repeat(100))
const text = (decoded: Decoded) => (decoded.kind === 'ok' ? decoded.body.toString('utf8') : decoded.kind)

/** A snappy block of literals only, as the format allows. */
function snappyBlock(bytes: Buffer): Buffer {
  const header: number[] = []
  for (let n = bytes.length; ; n >>>= 7) {
    header.push(n >= 128 ? (n & 127) | 128 : n)
    if (n < 128) break
  }
  const parts: Buffer[] = [Buffer.from(header)]
  for (let at = 0; at < bytes.length; at += 60) {
    const part = bytes.subarray(at, at + 60)
    parts.push(Buffer.from([(part.length - 1) << 2]), part)
  }
  return Buffer.concat(parts)
}
function snappyFrames(...blocks: Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0xff, 6, 0, 0]), Buffer.from('sNaPpY')]
  for (const block of blocks) {
    const head = Buffer.alloc(8)
    head.writeUIntLE(block.length + 4, 1, 3)
    parts.push(head, block)
  }
  return Buffer.concat(parts)
}

t.test('a plain body is itself', async t => {
  t.equal(text(await decodeBody(LINES, undefined, CAPS)), LINES.toString())
  t.equal(text(await decodeBody(LINES, 'identity', CAPS)), LINES.toString())
  t.equal(text(await decodeBody(Buffer.alloc(0), 'gzip', CAPS)), '')
})

t.test('every compression is read by header and, where it can be seen, without', async t => {
  for (const [name, body, seen] of [
    ['gzip', gzipSync(LINES), true],
    ['x-gzip', gzipSync(LINES), true],
    ['GZIP', gzipSync(LINES), true],
    ['zstd', zstdCompressSync(LINES), true],
    ['deflate', deflateSync(LINES), true],
    ['deflate', deflateRawSync(LINES), false],
    ['snappy', snappyBlock(LINES), false],
    ['snappy', snappyFrames(snappyBlock(LINES)), true],
  ] as const) {
    t.equal(text(await decodeBody(body, name, CAPS)), LINES.toString(), name)
    if (seen) t.equal(text(await decodeBody(body, undefined, CAPS)), LINES.toString(), `${name} by its first bytes`)
  }
})

t.test('several gzip members and zstd frames are one body', async t => {
  t.equal(text(await decodeBody(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), 'gzip', CAPS)), 'a\nb\n')
  t.equal(
    text(await decodeBody(Buffer.concat([zstdCompressSync('a\n'), zstdCompressSync('b\n')]), 'zstd', CAPS)),
    'a\nb\n',
  )
})

t.test('a body compressed twice is unpacked twice', async t => {
  t.equal(text(await decodeBody(gzipSync(zstdCompressSync(LINES)), 'zstd, gzip', CAPS)), LINES.toString())
  t.equal(text(await decodeBody(gzipSync(gzipSync(LINES)), 'gzip', CAPS)), LINES.toString())
})

t.test('a header the bytes contradict is not believed', async t => {
  for (const name of ['gzip', 'zstd', 'deflate', 'snappy'])
    t.equal(text(await decodeBody(LINES, name, CAPS)), LINES.toString(), name)
})

t.test('a body that does not decompress is broken, not an exception', async t => {
  const gz = gzipSync(LINES)
  const wrong = Buffer.from(gz)
  wrong[wrong.length - 8] = (wrong[wrong.length - 8] ?? 0) ^ 0xff
  for (const body of [
    gz.subarray(0, gz.length / 2),
    wrong,
    zstdCompressSync(LINES).subarray(0, 12),
    Buffer.from([0x1f, 0x8b]),
    deflateSync(LINES).subarray(0, 10),
  ])
    t.equal(text(await decodeBody(body, undefined, CAPS)), 'broken')
  t.equal(text(await decodeBody(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), 'snappy', CAPS)), 'broken')
  t.equal(text(await decodeBody(brotliCompressSync(LINES), 'deflate', CAPS)), 'broken')
})

t.test('bombs stop at the cap of bytes and of ratio', async t => {
  const zeros = Buffer.alloc(8_000_000)
  for (const bomb of [gzipSync(zeros), zstdCompressSync(zeros), deflateSync(zeros)])
    t.equal((await decodeBody(bomb, undefined, CAPS)).kind, 'too-large')
  const three = Buffer.alloc(3_000_000)
  t.equal((await decodeBody(gzipSync(three), 'gzip', CAPS)).kind, 'too-large', 'under the bytes, over the ratio')
  t.equal((await decodeBody(gzipSync(three), 'gzip', { bytes: 4_000_000, ratio: 2_000 })).kind, 'ok')
  t.equal((await decodeBody(Buffer.alloc(5_000_000), undefined, CAPS)).kind, 'too-large', 'plain')
  const lie = Buffer.from([0xff, 0xff, 0xff, 0x7f, 0x00, 0x61])
  t.equal((await decodeBody(lie, 'snappy', CAPS)).kind, 'too-large')
})

t.test('a hundred bombs together hold no more memory than a few', async t => {
  const size = 8_000_000
  const bomb = gzipSync(Buffer.alloc(size))
  // Unpacks to what says that it is packed, too.
  const twice = gzipSync(Buffer.concat([bomb, Buffer.alloc(size - bomb.length - 1)]))
  const caps = { bytes: size - 1, ratio: 10_000 }
  const held = (): number => process.memoryUsage().external
  const before = held()
  let most = 0
  const watching = setInterval(() => {
    most = Math.max(most, held() - before)
  }, 1)
  const kinds = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => (await decodeBody(n % 2 === 0 ? bomb : twice, undefined, caps)).kind),
  )
  clearInterval(watching)
  t.strictSame(new Set(kinds.filter((_, n) => n % 2 === 0)), new Set(['too-large']))
  t.ok(most < (100 * size) / 2, `${Math.round(most / 1e6)} MB at most`)
})

t.test('snappy copies may overlap themselves', async t => {
  // "ab" then a copy of 6 bytes, 2 back.
  const unpacked = unsnappy(Buffer.from([8, 0x04, 0x61, 0x62, 0x09, 0x02]), 100)
  t.equal(unpacked.kind === 'ok' && unpacked.bytes.toString(), 'abababab')
  const far = unsnappy(Buffer.from([8, 0x04, 0x61, 0x62, 0x16, 0x02, 0x00]), 100)
  t.equal(far.kind === 'ok' && far.bytes.toString(), 'abababab', 'two-byte offset')
  for (const bad of [[8, 0x04, 0x61, 0x62, 0x09, 0x09], [8, 0x04, 0x61], [1], [2, 0x00, 0x61], []])
    t.equal(unsnappy(Buffer.from(bad), 100).kind, 'broken')
})

async function streamed(body: Buffer, size: number): Promise<[string, boolean]> {
  const chunks = async function* () {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
  }
  let out = ''
  let broken = false
  for await (const piece of decodeStream(chunks()))
    if (piece.kind === 'bytes') out += piece.bytes.toString('latin1')
    else broken = true
  return [out, broken]
}

t.test('files are unpacked as they are read, in any chunks', async t => {
  const plain = LINES.toString()
  for (const size of [1, 3, 1000, 100_000])
    for (const body of [LINES, gzipSync(LINES), zstdCompressSync(LINES), deflateSync(LINES)])
      t.same(await streamed(body, size), [plain, false])
  t.same(await streamed(Buffer.from('ab'), 1), ['ab', false])
  t.same(await streamed(Buffer.alloc(0), 1), ['', false])
  t.same(await streamed(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), 5), ['a\nb\n', false])
  t.same(await streamed(Buffer.concat([zstdCompressSync('a\n'), zstdCompressSync('b\n')]), 5), ['a\nb\n', false])
})

t.test('of a compressed file that was cut, what stands before the cut is kept and the cut is told', async t => {
  let lines = ''
  for (let i = 0; i < 20_000; i++) lines += `${i} ${(i * 7919) % 10_007}\n`
  for (const pack of [gzipSync, zstdCompressSync] as const) {
    const packed = pack(Buffer.from(lines))
    const [out, broken] = await streamed(packed.subarray(0, Math.floor(packed.length * 0.7)), 4096)
    t.ok(broken)
    t.ok(lines.startsWith(out))
    t.ok(out.length > lines.length / 4, `${out.length} of ${lines.length}`)
  }
})
