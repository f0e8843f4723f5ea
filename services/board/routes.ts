import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyReply } from 'fastify'
import type { App } from '../api/app.ts'
import { sendProblem } from '../api/problem.ts'
import type { BoardOptions } from './board.ts'
import { customerPage } from './pages/customer.ts'
import { deprecationPage } from './pages/deprecation.ts'
import { letterPage, outboxPage } from './pages/outbox.ts'
import { overviewPage } from './pages/overview.ts'
import { sourcesPage } from './pages/sources.ts'

/** A letter runs nothing and fetches nothing; its styles are inline because mail clients read no others. */
const LETTER_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

/** The board at `/`: server-rendered, usable without script. */
export async function boardRoutes(app: App, options: BoardOptions): Promise<void> {
  const hidden = { schema: { hide: true } }
  app.get('/', hidden, async (_request, reply) => send(reply, await overviewPage(options)))
  app.get('/sources', hidden, async (_request, reply) => send(reply, await sourcesPage(options)))
  app.get('/outbox', hidden, async (_request, reply) => send(reply, outboxPage(options)))
  app.get('/outbox/:id', hidden, async (request, reply) => send(reply, letterPage(options, idOf(request.params))))
  app.get('/outbox/:id/html', hidden, async (request, reply) => {
    const letter = options.ledger.letter(idOf(request.params))
    return letter === undefined
      ? missing(reply)
      : reply.header('content-security-policy', LETTER_CSP).type('text/html; charset=utf-8').send(letter.html)
  })
  app.get('/outbox/:id/source', hidden, async (request, reply) => {
    const letter = options.ledger.letter(idOf(request.params))
    return letter === undefined ? missing(reply) : reply.type('text/plain; charset=utf-8').send(letter.source)
  })
  app.get('/deprecations/:id', hidden, async (request, reply) =>
    send(reply, await deprecationPage(options, idOf(request.params))),
  )
  app.get('/customers/:id', hidden, async (request, reply) =>
    send(reply, await customerPage(options, idOf(request.params))),
  )
  for (const [name, asset] of await assets())
    app.get(`/assets/${name}`, hidden, async (_request, reply) =>
      reply.type(asset.type).header('cache-control', 'max-age=300').send(asset.bytes),
    )
}

const idOf = (params: unknown): string => (params as { id: string }).id

function send(reply: FastifyReply, body: string | undefined): FastifyReply {
  return body === undefined
    ? missing(reply)
    : reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(body)
}

const missing = (reply: FastifyReply): FastifyReply =>
  sendProblem(reply, 404, 'LC_API_UNKNOWN', 'There is nothing here.', 'Begin at the overview: /')

async function assets(): Promise<Map<string, { readonly type: string; readonly bytes: Buffer }>> {
  const own = join(import.meta.dirname, 'assets')
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot'))
  const css = 'text/css; charset=utf-8'
  const js = 'text/javascript; charset=utf-8'
  return new Map([
    ['board.css', { type: css, bytes: await readFile(join(own, 'board.css')) }],
    ['charts.js', { type: js, bytes: await readFile(join(own, 'charts.js')) }],
    ['icon.svg', { type: 'image/svg+xml', bytes: await readFile(join(own, 'icon.svg')) }],
    ['uplot.css', { type: css, bytes: await readFile(join(uplot, 'uPlot.min.css')) }],
    ['uplot.js', { type: js, bytes: await readFile(join(uplot, 'uPlot.iife.min.js')) }],
  ])
}
