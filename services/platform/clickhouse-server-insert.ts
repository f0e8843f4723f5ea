import { quoted } from './clickhouse-params.ts'

/**
 * An INSERT whose rows came as a request's body, told to read them from `file` instead: chdb takes no body, and its
 * way of rows inside a statement is not binary-safe. `undefined`: not such a statement. Two shapes are known:
 * `INSERT INTO … SELECT … FROM input('structure') … FORMAT F` and `INSERT INTO … [SETTINGS …] FORMAT F` (or VALUES).
 */
export function insertFromFile(sql: string, file: string): string | undefined {
  if (!/^\s*INSERT\s/i.test(sql)) return undefined
  const ending = endingOf(sql)
  if (ending === undefined) return undefined
  const { head, format } = ending
  const input = /\bFROM\s+input\s*\(\s*/i.exec(head)
  if (input !== null) {
    const start = input.index + input[0].length
    const end = endOfLiteral(head, start)
    const close = head.indexOf(')', end)
    if (end < 0 || close < 0) return undefined
    const structure = head.slice(start, end)
    return `${head.slice(0, input.index)}FROM file(${quoted(file)}, '${format}', ${structure}${head.slice(close)}`
  }
  const settings = head.toUpperCase().lastIndexOf(' SETTINGS ')
  const into = settings < 0 ? head : head.slice(0, settings)
  return `${into} FROM INFILE ${quoted(file)} COMPRESSION 'none'${settings < 0 ? '' : head.slice(settings)} FORMAT ${format}`
}

/** The end of a statement that says in what form its rows follow. */
function endingOf(sql: string): { readonly head: string; readonly format: string } | undefined {
  const trimmed = sql.trimEnd()
  const from = Math.max(0, trimmed.length - 200)
  const found = /\s(?:FORMAT\s+([A-Za-z0-9]{1,60})|(VALUES))$/i.exec(trimmed.slice(from))
  if (found === null) return undefined
  return { head: trimmed.slice(0, from + found.index), format: found[1] ?? 'Values' }
}

/** Where the string literal that begins at `start` ends; -1 when there is none. */
function endOfLiteral(sql: string, start: number): number {
  if (sql[start] !== "'") return -1
  for (let at = start + 1; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1
    else if (sql[at] === "'") {
      if (sql[at + 1] !== "'") return at + 1
      at += 1
    }
  }
  return -1
}
