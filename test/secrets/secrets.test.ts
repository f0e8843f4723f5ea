import { readFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { LOGS } from '../read-sample.ts'
import { installation } from '../running.ts'
import { SAMPLES } from '../sample-table.ts'
import { inAnswers, inClickHouse, inFolder, type Kept } from './kept.ts'
import { MARKER, needlesOf, RECORDS, secretsOf } from './planted.ts'

/** Credentials that stand in the sample files themselves. */
const CREDENTIAL = /\b(?:authorization|x-api-key|apikey|api_key|cookie|set-cookie)"?\s*[:=]\s*\[?"([^"\\]{12,})"/gi

t.test('no secret passes ingest: everything kept is decoded and searched, and a harmless marker is found', async t => {
  const logged: string[] = []
  const log = pino(
    { level: 'trace' },
    new Writable({ write: (chunk, _encoding, done) => done(void logged.push(String(chunk))) }),
  )
  const needles = new Map<string, string>()
  const config = (folder: string) => `sources:
  - { id: edge, format: auto, realm: one, host: api.partner.example, key: { header: x-api-key } }
  - { id: file, format: auto, realm: one, host: api.partner.example, key: { header: x-api-key }, file: { path: ${folder}/access.log } }
apis:
  - id: all
    policy: scale
    hosts: ["*"]
    support: help@partner.example
    operations: ["GET /v1/${MARKER}/{id}"]
    deprecations:
      - id: old
        thing: { operation: "GET /v1/${MARKER}/{id}" }
        announced: 2026-08-15
        reason: It is old.
`
  const folder = t.testdir({})
  const here = await installation(t, config(folder), log)
  await writeFile(join(folder, 'access.log'), '')
  for (const [format, record] of Object.entries(RECORDS)) {
    const secrets = secretsOf(format)
    for (const needle of needlesOf(secrets)) needles.set(needle, format)
    const line = record(secrets, Date.now())
    const answer = (await (
      await here.post('edge', line, { authorization: `Bearer ${secrets.bearer}`, 'idempotency-key': format })
    ).json()) as { calls: number }
    t.equal(answer.calls, 1, `${format} is read as a call`)
    await here.post('edge', `${line.slice(0, -30)}\n`)
    // Refused, and said so in the log.
    await here.post(`edge?token=${secrets.bearer}`, line, {
      authorization: `Bearer ${secrets.bearer}`,
      'x-forwarded-for': '192.0.2.1',
    })
    await here.post('nowhere', line)
    await here.post(`edge?api_key=${secrets.query}`, line)
    await appendFile(join(folder, 'access.log'), `${line}\n`)
  }
  for (const { file } of SAMPLES) {
    const bytes = readFileSync(new URL(file, LOGS))
    for (const [, credential = ''] of bytes.toString('latin1').matchAll(CREDENTIAL)) needles.set(credential, file)
    await here.post('auto', bytes)
  }
  for (let tries = 0; tries < 100 && (await here.calls('file')) < Object.keys(RECORDS).length; tries += 1) {}
  t.equal(await here.calls('file'), Object.keys(RECORDS).length)

  const kept: Kept[] = [...(await inClickHouse(here)), ...(await inAnswers(here))]
  await here.stop()
  kept.push(...inFolder(here.data), ['log', logged.join('\n')])

  for (const [place, text] of kept) {
    const found = [...needles]
      .filter(([needle]) => text.includes(needle))
      .map(([needle, format]) => `${format}: ${needle}`)
    t.strictSame(found, [], `${place} holds no secret`)
  }
  const marked = kept.filter(([, text]) => text.includes(MARKER)).map(([place]) => place)
  for (const place of [
    'ClickHouse calls',
    'ClickHouse usage_daily',
    '/deprecations/old',
    '/api/v1/deprecations',
    'topic.db blocks',
  ])
    t.ok(marked.includes(place), `the marker is found in ${place}`)
  t.ok(logged.length > 0, 'something was logged')
})
