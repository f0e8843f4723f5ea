import { LcError } from '../../services/domain/errors.ts'

/** A port that cannot be opened. */
export function listenFault(transport: string, host: string, port: number, error: unknown): LcError {
  const { code } = error as NodeJS.ErrnoException
  return new LcError(
    'LC_SYSLOG_LISTEN',
    `Syslog port ${port} (${transport}) on ${host} cannot be opened (${code ?? 'unknown'}).`,
    code === 'EACCES'
      ? 'Ports below 1024 need the right to open them: choose a higher one, such as 5514.'
      : 'Another program may have it: stop that, or choose another port under sources[].syslog.',
    3,
    { cause: error },
  )
}

/** A certificate or key that cannot be read or used. */
export function certificateFault(what: string, error: unknown): LcError {
  return new LcError(
    'LC_SYSLOG_CERT',
    `The TLS certificate of a syslog port cannot be used: ${what}.`,
    'Check cert-file, key-file and client-ca-file under sources[].syslog: PEM files that this user can read.',
    2,
    { cause: error },
  )
}
