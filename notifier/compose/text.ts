import type { Block } from './blocks.ts'

const WIDTH = 76

/** Blocks as plain text, lines of at most 76 characters where words allow. */
export function renderText(blocks: readonly Block[]): string {
  return `${blocks.map(block).join('\n\n')}\n`
}

function block(of: Block): string {
  switch (of.kind) {
    case 'title':
      return `${wrap(of.text, '')}\n${'='.repeat(Math.min(WIDTH, of.text.length))}`
    case 'heading':
      return `${wrap(of.text, '')}\n${'-'.repeat(Math.min(WIDTH, of.text.length))}`
    case 'paragraph':
      return wrap(of.text, '')
    case 'facts':
      return of.rows.map(([label, value]) => wrap(`${label}: ${value}`, '  ')).join('\n')
    case 'items':
      return of.rows
        .map(({ code, detail }) => `* ${code}${detail === '' ? '' : `\n${indent(wrap(detail, ''))}`}`)
        .join('\n')
    case 'link':
      return of.url.startsWith('mailto:') ? of.label : `${of.label}:\n${of.url}`
    case 'rule':
      return '_'.repeat(WIDTH)
  }
}

function indent(text: string): string {
  return text
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')
}

/** Breaks at spaces; a word that is longer than a line stays whole. `hang` stands before every line but the first. */
function wrap(text: string, hang: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = hang + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.join('\n')
}
