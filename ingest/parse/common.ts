import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { clfHeadInto, clfTimeAt, requestEndAt } from './clf-head.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { settle } from './settle.ts'
import { blankAt, isDigits } from './text-fields.ts'

/**
 * The common log format, `host ident user [time] "request" status bytes`, and nothing behind: Apache's `common` and
 * `vhost_common`, Fastly's default, `%h %l %u %t "%r" %>s %b`. Apache logs the request's start, others its end; without a
 * duration both are the logged instant. The user is what the client sent: the source has to trust it (`remote-user`).
 */
export const common: TextFormat = {
  kind: 'text',
  name: 'common',
  title: 'Common log format (Apache common and vhost_common, Fastly default)',
  recognises(line) {
    const open = clfTimeAt(line)
    const close = open === -1 ? -1 : requestEndAt(line, open + 30)
    if (close === -1) return false
    const bytes = blankAt(line, close + 2) + 1
    return isDigits(line, bytes, line.length) || (line.length === bytes + 1 && line.charCodeAt(bytes) === 0x2d)
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = clfHeadInto(call, line)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  if (head.user !== '') call.requestHeaders = { 'remote-user': head.user }
  call.truncated ||= head.next === line.length
  return settle(call, head.status, head.time, context)
}
