import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { isLocalRequest, tokenAllowed, tokenOf } from '../platform/access.ts'
import type { Log } from '../platform/log.ts'
import { problemHandler, sendProblem } from './problem.ts'

export interface AppOptions {
  readonly log: Log
  /** Digests of tokens that may read. Empty: only requests from this machine pass. */
  readonly readTokens: readonly string[] | (() => readonly string[])
  /** Connections open at once; 4,096 when absent. One more is closed as soon as it comes. */
  readonly mostConnections?: number
}

export type App = FastifyInstance

const MOST_CONNECTIONS = 4_096

/** Addresses that carry their own right to be read, or tell nothing about anyone. */
const OPEN = ['/ingest/', '/v1/logs', '/healthz', '/readyz', '/.well-known/', '/assets/']

/**
 * The HTTP server with what holds for every answer: who may read, problem details, security headers, bounded
 * time. Rooms add their routes to it; it knows none of them.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const given = options.readTokens
  const readTokens = typeof given === 'function' ? given : () => given
  const app = Fastify({
    // A head comes at once, or its connection is closed; looked at once a second.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    logger: false,
    routerOptions: { maxParamLength: 512 },
    bodyLimit: 1_048_576,
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.server.maxConnections = options.mostConnections ?? MOST_CONNECTIONS
  app.setErrorHandler(problemHandler(options.log))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      'LC_API_UNKNOWN',
      'There is nothing here.',
      `No route ${request.method} at this address; see /api/v1/openapi.json.`,
    ),
  )
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; frame-src 'self'",
    })
    if (OPEN.some(path => request.url.startsWith(path))) return
    if (isLocalRequest(request.ip, request.headers) || tokenAllowed(tokenOf(request.headers), readTokens())) return
    await sendProblem(
      reply.header('www-authenticate', 'Basic realm="lastcall"'),
      401,
      'LC_API_TOKEN',
      'Reading needs a token.',
      'Send a read token as bearer or Basic password; tokens are declared under access.read.',
    )
  })
  await app.register(swagger, {
    openapi: {
      info: { title: 'Last Call', version: '1', description: 'Who still calls what you are taking away.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
  })
  return app as unknown as App
}
