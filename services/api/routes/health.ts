import type { App } from '../app.ts'

export interface HealthOptions {
  /** Why this process cannot do its work now; empty: ready. */
  readonly notReady: () => readonly string[]
  /** The process's metrics in Prometheus's text format. */
  readonly exposition: () => Promise<string>
}

/** `/healthz` (the process lives), `/readyz` (it can do its own work), `/metrics`. */
export function healthRoutes(app: App, options: HealthOptions): void {
  app.get('/healthz', { schema: { hide: true } }, async (_request, reply) => reply.type('text/plain').send('ok\n'))
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const reasons = options.notReady()
    return reply
      .code(reasons.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(reasons.length === 0 ? 'ready\n' : `${reasons.join('\n')}\n`)
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.exposition()),
  )
}
