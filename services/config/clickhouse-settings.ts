import type { ClickHouseSettings } from '../platform/clickhouse.ts'
import { type Environment, readSecret } from './environment.ts'
import type { Settings } from './schema/settings.ts'

/** How a ClickHouse server of the configuration is reached, with the password its variable holds. Throws LC_ENV_MISSING. */
export function serverSettings(
  server: NonNullable<Settings['clickhouse']>,
  environment: Environment,
  as: 'writer' | 'reader',
): Extract<ClickHouseSettings, { url: string }> {
  const { user, passwordEnv } = as === 'reader' ? (server.reader ?? server) : server
  const password = passwordEnv === undefined ? '' : readSecret(environment, passwordEnv)
  return { url: server.url, user, password, database: server.database }
}
