import type { App } from '../api/app.ts'
import { LcError } from '../domain/errors.ts'
import { isLoopback } from '../platform/access.ts'

/**
 * Opens the port. Another address than loopback only with tokens: whoever can reach it could read and write.
 * Throws LC_LISTEN_OPEN (exit 2), LC_LISTEN_PORT (exit 3).
 */
export async function listen(
  app: App,
  host: string,
  port: number,
  access: { readonly ingest: readonly string[]; readonly read: readonly string[] },
): Promise<string> {
  if (host !== 'localhost' && !isLoopback(host) && (access.ingest.length === 0 || access.read.length === 0)) {
    throw new LcError(
      'LC_LISTEN_OPEN',
      `${host} can be reached from other machines, and no tokens are configured.`,
      'Put digests under access.ingest and access.read (`lastcall digest --token`), or listen on 127.0.0.1.',
      2,
    )
  }
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new LcError(
      'LC_LISTEN_PORT',
      `Port ${port} on ${host} cannot be opened (${code ?? 'unknown'}).`,
      code === 'EADDRINUSE'
        ? 'Another program has it: stop that, or choose one with --port (0: any free one).'
        : 'Choose another with --port or --host.',
      3,
      { cause: error },
    )
  }
  const address = app.server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
}
