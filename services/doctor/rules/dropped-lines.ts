import { percent, type Rule } from '../examined.ts'

const CURES = new Map([
  ['no-host', 'Give the source `host:`: its format logs none.'],
  ['unknown-host', 'Add the host to an API’s `hosts`, or leave it: calls of hosts you do not name are not counted.'],
  ['time-range', 'The times are before 2000 or more than 10 minutes ahead: mend the sender’s clock, or `zone:`.'],
  ['queue-full', 'Datagrams came faster than they were stored: use TCP or HTTP, which can be slowed down.'],
  ['other-hop', 'Another source is `authoritative` for these hosts: that is as declared.'],
])

/** Records that are no request, or a subrequest, are dropped rightly. */
const RIGHTLY = new Set(['subrequest', 'not-a-request', 'other-hop'])

export const droppedLines: Rule = ({ tallies }) => {
  const lines = tallies.reduce((sum, one) => sum + one.lines, 0)
  const [worst] = tallies
    .filter(one => one.outcome === 'dropped' && !RIGHTLY.has(one.reason) && one.lines > 0)
    .sort((a, b) => b.lines - a.lines)
  if (worst === undefined) return undefined
  return {
    level: worst.lines * 20 > lines ? 'error' : 'warning',
    message: `${percent(worst.lines, lines)} of the lines were left out: ${worst.reason}.`,
    todo:
      CURES.get(worst.reason) ?? 'Pipe some into `lastcall explain`: it names the rule and the key that changes it.',
  }
}
