import Type from 'typebox'
import type { LedgerReader } from '../../domain/notice.ts'
import type { App } from '../app.ts'
import { pageOf, pageQuery, sendPage } from '../list.ts'

const MOST = 10_000
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const notice = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  deprecation: Type.String(),
  revision: Type.Integer({ description: 'grows when the sunset moves' }),
  stage: nullable(Type.Integer({ description: 'days before the sunset' })),
  customer: Type.String(),
  address: Type.String(),
  state: Type.String(),
  reason: Type.String(),
  letter: nullable(Type.String()),
  calls: Type.Integer({ description: 'calls the letter cites' }),
  updated: Type.String({ description: 'RFC 3339, UTC' }),
})

/** `/api/v1/notices`: what is owed, held and told, newest first. */
export function noticesRoute(app: App, ledger: LedgerReader): void {
  app.get(
    '/api/v1/notices',
    { schema: { summary: 'Notices, newest first', querystring: pageQuery, response: { 200: pageOf(notice) } } },
    async (request, reply) =>
      sendPage(
        request,
        reply,
        ledger.notices(MOST).map(it => ({
          id: it.id,
          kind: it.kind,
          deprecation: it.deprecation,
          revision: it.revision,
          stage: it.stage ?? null,
          customer: it.customer,
          address: it.address,
          state: it.state,
          reason: it.reason,
          letter: it.letter ?? null,
          calls: it.evidence.calls,
          updated: Temporal.Instant.fromEpochMilliseconds(Math.floor(it.updated)).toString(),
        })),
        row => row.id,
      ),
  )
}
