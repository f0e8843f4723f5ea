import t from 'tap'
import { JsonLines } from './json-lines.ts'

t.test('the line of a key or an item is the one it stands on', async t => {
  const lines = new JsonLines('{\n "a": { "x]": "}\\"{",\n  "b": [1,\n   {"c": null},\n [2]] },\n "\\u0064": true\n}\n')
  t.equal(lines.line([]), 1)
  t.equal(lines.line(['a']), 2)
  t.equal(lines.line(['a', 'b']), 3)
  t.equal(lines.line(['a', 'b', 0]), 3)
  t.equal(lines.line(['a', 'b', 1, 'c']), 4)
  t.equal(lines.line(['a', 'b', 2, 0]), 5)
  t.equal(lines.line(['d']), 6)
})

t.test('what is not there is told by the nearest part around it', async t => {
  const lines = new JsonLines('{ "a": {},\n "b": [] }')
  t.equal(lines.line(['a', 'gone']), 1)
  t.equal(lines.line(['b', 3]), 2)
  t.equal(lines.line(['b', 'x', 'y']), 2)
  t.equal(new JsonLines('"only a text"').line(['a']), 1)
})
