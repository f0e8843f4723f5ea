import type { Rule } from '../examined.ts'

const WAYS = new Map([
  ['file', 'whether its file is written, and may be read by this process'],
  ['kafka', 'whether its topic gets messages'],
  ['syslog', 'the sender’s address and port, and `allow`'],
])

export const nothingArrives: Rule = ({ source, tallies, seconds }) => {
  if (tallies.some(({ lines }) => lines > 0)) return undefined
  const way = WAYS.get(source.door) ?? `that the sender posts to /ingest/${source.id}, and what status it gets`
  return {
    level: 'error',
    message: `No line came in ${Math.round(seconds)} s.`,
    todo: `Check ${way}. Silence of a source holds every letter it could have contradicted.`,
  }
}
