import { ServerFault } from './clickhouse-server-fault.ts'

/** Table functions that reach nothing but what is asked about. All others are refused, also those of later versions. */
export const HARMLESS_TABLE_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    ...['numbers', 'numbers_mt', 'zeros', 'zeros_mt', 'generateSeries', 'generate_series', 'primes'],
    ...['values', 'view', 'null', 'merge'],
    // Also names of ordinary functions that only reckon.
    'format',
  ].map(name => name.toLowerCase()),
)

/** Ordinary functions that read files, call other machines or tell of this one. */
const REFUSED_FUNCTIONS =
  /^(?:file|catboostevaluate|ai[a-z]\w*|dict\w*|addressto\w*|demangle|filesystem\w*|getserversetting|getmacro|getclienthttpheader|sleep|sleepeachrow)$/

const READING = /^(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)$/

/**
 * Throws READONLY unless the statement only reads tables. The engine's own `readonly` comes on top: it lets INTO
 * OUTFILE, KILL, `file()` as an ordinary function and DESCRIBE of a table function pass (tried on 26.7).
 * `sql` must be one statement as the engine's formatQuery writes it: no comments, names quoted only where they
 * must be, literals escaped by backslash. `tableFunctions`: the engine's, in lower case.
 */
export function refuseUnlessReading(sql: string, tableFunctions: ReadonlySet<string>): void {
  const words = wordsOf(sql)
  if (!READING.test(words.find(word => word !== '(')?.toUpperCase() ?? '')) throw refused('this kind of statement')
  for (const [index, word] of words.entries()) {
    if (word.toUpperCase() === 'OUTFILE' && words[index - 1]?.toUpperCase() === 'INTO') throw refused('INTO OUTFILE')
    if (words[index + 1] !== '(') continue
    const name = word.replaceAll('`', '').toLowerCase()
    const outside = tableFunctions.has(name) && !HARMLESS_TABLE_FUNCTIONS.has(name)
    if (outside || REFUSED_FUNCTIONS.test(name)) throw refused(`${name.slice(0, 60)}()`)
  }
}

/** Words, quoted names (with their backticks) and opening brackets; literals are one word `'`, all else is left out. */
function wordsOf(sql: string): readonly string[] {
  const words: string[] = []
  for (let at = 0; at < sql.length; ) {
    const sign = sql[at] ?? ''
    const end = sign === "'" || sign === '`' || sign === '"' ? endOfQuoted(sql, at) : endOfWord(sql, at)
    if (sign === "'") words.push(sign)
    else if (sign === '`' || sign === '"') words.push(`\`${sql.slice(at + 1, end - 1)}\``)
    else if (end > at) words.push(sql.slice(at, end))
    else if (sign.trim() !== '') words.push(sign)
    at = Math.max(end, at + 1)
  }
  return words
}

function endOfQuoted(sql: string, start: number): number {
  const quote = sql[start]
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1
    else if (sql[at] === quote) return at + 1
  }
  throw refused('a literal without an end')
}

function endOfWord(sql: string, start: number): number {
  let at = start
  while (at < sql.length && /[\w$]/.test(sql[at] ?? '')) at += 1
  return at
}

function refused(what: string): ServerFault {
  return new ServerFault(164, 'READONLY', `Cannot execute query in readonly mode: ${what}`)
}
