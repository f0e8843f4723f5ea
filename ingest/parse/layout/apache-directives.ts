import { type Meaning, SKIP, unknownFault } from './field.ts'
import { ownHeader, requestHeader, responseHeader } from './meanings.ts'
import { timePattern } from './strftime.ts'

/** What a directive tells, how well, and which moment if it is a time. */
export interface Directive {
  readonly meaning: Meaning
  readonly rank: number
  readonly moment?: 'start' | 'end'
}

// Say nothing of the call, or what must not be kept (cookies, referers, bodies).
const SKIPPED = 'ABbCDefFHIkKlLnOpPRsSTXVx'

/**
 * What `%{argument}letter` tells; `final` is true behind a `>`. `argumentAt` is the argument's first character in the
 * layout, from 1. (httpd.apache.org, mod_log_config "Custom Log Formats"; `%I %O %S` of mod_logio.)
 * Throws LC_LAYOUT_UNKNOWN for a letter Apache does not have.
 */
export function apacheDirective(letter: string, argument: string, final: boolean, argumentAt: number): Directive {
  switch (letter) {
    case 'r':
      return { meaning: { of: 'request' }, rank: 1 }
    case 'm':
      return { meaning: { of: 'method' }, rank: 1 }
    case 'U':
      return { meaning: { of: 'decoded' }, rank: 1 }
    case 'q':
      return { meaning: { of: 'query' }, rank: 1 }
    case 's':
      // Without `>` an internal redirect leaves the first status.
      return { meaning: { of: 'status' }, rank: final ? 2 : 1 }
    case 'h':
      return { meaning: { of: 'client' }, rank: 1 }
    case 'a':
      return { meaning: { of: 'client' }, rank: argument === '' ? 3 : 2 }
    case 'v':
      return { meaning: { of: 'host' }, rank: 1 }
    case 'V':
      return { meaning: { of: 'host' }, rank: 2 }
    case 'p':
      return { meaning: { of: 'port' }, rank: 1 }
    case 'u':
      // The user a module of Apache's authenticated; rows of 401 prove nobody and lose it later.
      return { meaning: { of: 'identity', kind: 'user' }, rank: 1 }
    case 'D':
      return { meaning: { of: 'duration', unit: 'us' }, rank: 3 }
    case 'T':
      return { meaning: { of: 'duration', unit: durationUnit(argument) }, rank: argument === '' ? 1 : 2 }
    case 't':
      return timeOf(argument, argumentAt)
    case 'i':
      return headerRank(requestHeader(argument))
    case 'o':
      return { meaning: responseHeader(argument), rank: 1 }
    case 'e':
      return named('env', argument)
    case 'n':
      return named('note', argument)
    case 'x':
      return sslVariable(argument)
    default:
      if (letter !== '' && SKIPPED.includes(letter)) return { meaning: SKIP, rank: 1 }
      throw unknownFault(argumentAt, `%${argument === '' ? '' : `{${argument}}`}${letter}`)
  }
}

function durationUnit(argument: string): 's' | 'ms' | 'us' {
  return argument === 'ms' || argument === 'us' ? argument : 's'
}

function headerRank(meaning: Meaning): Directive {
  // The Host the client asked for tells more than the name of the virtual host that answered.
  return { meaning, rank: meaning.of === 'host' ? 3 : 1 }
}

function named(prefix: string, argument: string): Directive {
  if (argument === 'UNIQUE_ID') return { meaning: { of: 'request-id' }, rank: 2 }
  return { meaning: ownHeader(`${prefix}.${argument}`), rank: 1 }
}

function sslVariable(argument: string): Directive {
  if (argument === 'SSL_CLIENT_S_DN') return { meaning: { of: 'certificate' }, rank: 1 }
  if (argument === 'SSL_CLIENT_VERIFY') return { meaning: { of: 'certificate-verified', word: 'SUCCESS' }, rank: 1 }
  return { meaning: SKIP, rank: 1 }
}

function timeOf(argument: string, at: number): Directive {
  const end = argument.startsWith('end:')
  const moment = end ? 'end' : 'start'
  const from = end ? 4 : argument.startsWith('begin:') ? 6 : 0
  const pattern = argument.slice(from)
  switch (pattern) {
    case '':
      return { meaning: { of: 'clf' }, rank: 1, moment }
    case 'sec':
      return { meaning: { of: 'epoch', unit: 's' }, rank: 2, moment }
    case 'msec':
      return { meaning: { of: 'epoch', unit: 'ms' }, rank: 3, moment }
    case 'usec':
      return { meaning: { of: 'epoch', unit: 'us' }, rank: 3, moment }
    case 'msec_frac':
      return { meaning: { of: 'fraction', unit: 'ms' }, rank: 2, moment }
    case 'usec_frac':
      return { meaning: { of: 'fraction', unit: 'us' }, rank: 2, moment }
    default:
      return { meaning: { of: 'strftime', pattern: timePattern(pattern, at + from) }, rank: 2, moment }
  }
}
