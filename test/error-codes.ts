import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
export const ERRORS_PAGE = join(ROOT, 'docs/errors.md')

interface Told {
  readonly code: string
  readonly area: string
  readonly meaning: string
  readonly todo: string
}

/** Every code that stands in the product's source, with the texts written beside it. */
export function errorCodes(): Told[] {
  const told = new Map<string, Told>()
  for (const file of globSync('{ingest,services,notifier}/**/*.ts', { cwd: ROOT }).sort()) {
    if (/\.(test|fixture)\.ts$/.test(file)) continue
    const source = readFileSync(join(ROOT, file), 'utf8')
    for (const found of source.matchAll(/['"](LC_[A-Z0-9_]*[A-Z0-9])['"]/g)) {
      const code = found[1] ?? ''
      const [meaning = '', todo = ''] = textsAfter(source.slice(found.index + found[0].length, found.index + 900))
      if (!told.has(code)) told.set(code, { code, area: file.split('/').slice(0, 2).join('/'), meaning, todo })
    }
  }
  return [...told.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** The message and what to do: the next two texts in the call, with values left open. */
function textsAfter(source: string): string[] {
  return [...source.matchAll(/`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)]
    .map(found => found[1] ?? found[2] ?? found[3] ?? '')
    .filter(text => text.includes(' ') && !text.includes('\n'))
    .slice(0, 2)
    .map(text =>
      text
        .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
        .replaceAll('|', '\\|')
        .replaceAll("\\'", "'"),
    )
}

/** `node test/error-codes.ts`: writes the page anew. */
if (import.meta.main) {
  const rows = errorCodes().map(({ code, area, meaning, todo }) => `| \`${code}\` | ${meaning} | ${todo} | ${area} |`)
  const page = `# What an error code means, and what to do

Every fault a person has to act on carries a code that stays the same. Exit status: 1 findings, 2 mend the call or the
configuration, 3 mend the surroundings (port, lock, disk, a dependency). Broken log records are no errors: they are counted,
and \`lastcall explain\` says why.

This page is made from the source by \`node test/error-codes.ts\`; a test holds that no code is missing.

| code | what is wrong | what to do | where |
|---|---|---|---|
${rows.join('\n')}
`
  writeFileSync(ERRORS_PAGE, page)
}
