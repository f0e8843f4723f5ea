import { type App, createApp } from '../api/app.ts'
import { healthRoutes } from '../api/routes/health.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { Log } from '../platform/log.ts'
import type { Telemetry } from '../platform/telemetry.ts'

export interface StatusAppOptions {
  readonly settings: Settings
  readonly log: Log
  readonly telemetry: Telemetry
  /** Why this process cannot do its own work now; empty: it can. */
  readonly notReady: () => readonly string[]
}

/** The HTTP server every process has: `/healthz`, `/readyz`, `/metrics`, and what the process adds. */
export async function statusApp({ settings, log, telemetry, notReady }: StatusAppOptions): Promise<App> {
  const app = await createApp({ log, readTokens: settings.access.read })
  healthRoutes(app, { notReady, exposition: () => telemetry.exposition() })
  return app
}
