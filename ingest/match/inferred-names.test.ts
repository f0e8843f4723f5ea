import t from 'tap'
import { segmentShape } from '../../services/domain/segment-shape.ts'
import { InferredNames } from './inferred-names.ts'
import { splitPath } from './path-segments.ts'

function nameOf(names: InferredNames, path: string, guessed = false): string {
  const segments: string[] = []
  return names.name(segments, splitPath(path, segments), guessed, [])
}

t.test('names stay, ids of every make become {}', async t => {
  const names: Record<string, string> = {
    '/v1/orders/42': '/v1/orders/{}',
    '/v2.2/files/123e4567-e89b-12d3-a456-426614174000/content': '/v2.2/files/{}/content',
    '/orders/5600b57e7e8880006a060002': '/orders/{}',
    '/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV': '/orders/{}',
    '/watch/dQw4w9WgXcQ': '/watch/{}',
    '/users/ann%40corp.example/orders': '/users/{}/orders',
    '/users/%E2%9C%93/caf%C3%A9': '/users/{}/{}',
    '/repos/group%2Fproject': '/repos/{}',
    '/orders/42:cancel': '/orders/{}:cancel',
    '/orders:batchGet': '/orders:batchGet',
    '/orders/42.json': '/orders/{}.json',
    '/.well-known/openid-configuration': '/.well-known/openid-configuration',
    '/oauth2/token': '/oauth2/token',
    '/token/refresh': '/token/{}',
    '/reset-password/correct-horse': '/reset-password/{}',
    '/download/Quarterly-Report-2024.pdf': '/download/{}.pdf',
    '/2024/11/22': '/{}/{}/{}',
    '/a//b/': '/a//b/',
    '/': '/',
    '/getUserById/x': '/getUserById/x',
    '/kubernetes/graphql/webhooks/notifications': '/kubernetes/graphql/webhooks/notifications',
    '/bestellungen/rechnungen': '/bestellungen/rechnungen',
    '/QxZkVbNmLpWrTs': '/{}',
    '/sk_live_abcdefghijkl': '/{}',
    '/how-to-build-a-very-good-api-in-ten-steps': '/{}',
    '/files/v2': '/files/v2',
  }
  for (const [path, name] of Object.entries(names)) t.equal(nameOf(new InferredNames(), path), name)
})

t.test('the number of names is bounded, whatever is called', async t => {
  const names = new InferredNames()
  const seen = new Set<string>()
  const words = ['order', 'item', 'user', 'page', 'report', 'team', 'plan', 'note', 'file', 'site']
  for (let i = 0; i < 200_000; i++) {
    const word = (n: number): string =>
      `${words[n % 10] ?? ''}-${words[Math.floor(n / 10) % 10] ?? ''}-${words[Math.floor(n / 100) % 10] ?? ''}`
    seen.add(nameOf(names, `/${word(i)}/${word(i * 7)}/${word(i * 13)}`))
  }
  t.ok(seen.size <= 8_000, `${String(seen.size)} names`)
  t.ok([...seen].some(name => name.endsWith('/__other__')))
})

t.test('guesses answered 4xx never crowd out real paths', async t => {
  const names = new InferredNames()
  for (let i = 0; i < 50_000; i++)
    nameOf(
      names,
      `/scan-${String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26), 97 + (Math.floor(i / 676) % 26))}`,
      true,
    )
  t.equal(nameOf(names, '/one-more-guess', true), '/__other__')
  t.equal(nameOf(names, '/orders'), '/orders')
})

t.test('a very deep path has an end', async t => {
  t.equal(nameOf(new InferredNames(), '/a'.repeat(3_000)), `${'/a'.repeat(12)}/__other__`)
})

t.test('the shape of a segment is stable under itself', async t => {
  for (const segment of ['orders', '{}', '{}.json', 'v1', '']) t.equal(segmentShape(segment, false, false), segment)
  t.equal(segmentShape('{}:cancel', true, false), '{}:cancel')
  t.equal(segmentShape('12:xqzkvwbnm', true, false), '{}:__other__')
  t.equal(segmentShape('12:cancel', false, false), '{}')
})
