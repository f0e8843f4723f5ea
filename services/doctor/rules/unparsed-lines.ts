import { percent, type Rule } from '../examined.ts'

export const unparsedLines: Rule = ({ source, tallies }) => {
  const lines = tallies.reduce((sum, one) => sum + one.lines, 0)
  const unread = tallies.filter(({ outcome, lines }) => outcome === 'unparsed' && lines > 0)
  const count = unread.reduce((sum, one) => sum + one.lines, 0)
  if (lines === 0 || count === 0) return undefined
  const reasons = unread.map(({ reason, lines }) => `${reason} ${lines}`).join(', ')
  const declared = source.format === 'auto' ? 'declare its format' : `check that it really writes ${source.format}`
  return {
    level: count * 20 > lines ? 'error' : 'warning',
    message: `${percent(count, lines)} of the lines could not be read (${reasons}).`,
    todo: `Pipe some into \`lastcall explain\`: it says what each lacks; then ${declared}.`,
  }
}
