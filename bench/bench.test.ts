import t from 'tap'
import { analyze } from './analyze.ts'
import type { Bench } from './bench.ts'
import { withSection } from './document.ts'
import { embedded } from './embedded.ts'
import type { Figure } from './figure.ts'
import { formats } from './formats.ts'
import { KINDS } from './lines.ts'
import { TINY } from './size.ts'

async function figuresOf(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = []
  for await (const figure of bench.figures(TINY)) figures.push(figure)
  return figures
}

t.test('every format is measured on lines that are calls', async t => {
  const figures = await figuresOf(formats)
  t.same(
    figures.map(figure => figure.name),
    KINDS,
  )
  for (const { name, notes } of figures) t.match(notes, /^(samples|specimens|made)$/, `${name}: ${notes.join('; ')}`)
})

t.test('analyze and goaccess count the same hits for every path', async t => {
  const figures = await figuresOf(analyze)
  const peer = figures.find(figure => figure.name === 'combined, goaccess')
  if (peer === undefined) t.comment('goaccess is not installed')
  else t.same(peer.notes, ['equal hit counts for every method and path'])
  t.match(analyze.section(figures).join('\n'), '300 × ')
})

t.test('rows are pushed until all are stored', async t => {
  const [figure] = await figuresOf(embedded)
  t.equal(figure?.input.rows, TINY.rows)
})

t.test('a page keeps the sections of benches that were not run', async t => {
  const told = (name: string, text: string): Bench => ({ ...embedded, name, section: () => [text] })
  const first = withSection('', told('one', 'old'), [], 'a machine', 'a command')
  const second = withSection(first, told('two', 'other'), [], 'a machine', 'a command')
  const third = withSection(second, told('one', 'new'), [], 'a machine', 'a command')
  t.match(third, /## one\n[\s\S]*new[\s\S]*## two\n[\s\S]*other/)
  t.notMatch(third, 'old')
})
