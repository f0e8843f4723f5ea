import { type App, createApp } from '../api/app.ts'
import { healthRoutes } from '../api/routes/health.ts'
import type { Log } from '../platform/log.ts'
import type { Telemetry } from '../platform/telemetry.ts'

export interface StatusAppOptions {
  /** Digests of tokens that may read, as the configuration has them now. */
  readonly readTokens: () => readonly string[]
  readonly log: Log
  readonly telemetry: Telemetry
  /** Why this process cannot do its own work now; empty: it can. */
  readonly notReady: () => readonly string[]
}

/** The HTTP server every process has: `/healthz`, `/readyz`, `/metrics`, and what the process adds. */
export async function statusApp({ readTokens, log, telemetry, notReady }: StatusAppOptions): Promise<App> {
  const app = await createApp({ log, readTokens })
  healthRoutes(app, { notReady, exposition: () => telemetry.exposition() })
  return app
}
