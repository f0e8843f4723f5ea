import Type from 'typebox'
import type { App } from '../app.ts'

/** `/api/v1/totals`: how many calls the store holds, to compare with what was sent. */
export function totalsRoute(app: App, total: () => Promise<number>): void {
  app.get(
    '/api/v1/totals',
    { schema: { summary: 'Calls stored', response: { 200: Type.Object({ total: Type.Integer() }) } } },
    async () => ({ total: await total() }),
  )
}
