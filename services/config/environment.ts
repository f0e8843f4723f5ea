import { LcError } from '../domain/errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The process's environment: read here, handed on as a value. */
export const processEnvironment: Environment = process.env
// The OpenTelemetry SDK reads the environment by itself. Its ten seconds for one export would hold up the end of a
// process whose collector is gone.
process.env.OTEL_EXPORTER_OTLP_TIMEOUT ??= '1500'

/**
 * The secret that a `…-env` key names.
 * @throws LcError LC_ENV_MISSING when the variable is absent or empty.
 */
export function readSecret(environment: Environment, name: string): string {
  const value = environment[name]
  if (value === undefined || value === '') {
    throw new LcError(
      'LC_ENV_MISSING',
      `The environment variable ${name} is not set.`,
      `Set ${name}, or change the key that names it.`,
      2,
    )
  }
  return value
}
