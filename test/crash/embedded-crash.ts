import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { seeded } from './seeded.ts'
import { hasKey, numbersOf, SHARE, sendBodies, writeFileLines } from './senders.ts'
import { sumsOf } from './sums.ts'
import { UpProcess } from './up-process.ts'

export interface CrashOptions {
  readonly folder: string
  /** Senders push and a file is written for as long as they take. */
  readonly kills: number
  /** Size at which the file is rotated. */
  readonly rotateBytes: number
  /** Lines of the largest body. */
  readonly most: number
  readonly say: (text: string) => void
}

export interface CrashResult {
  readonly sent: number
  readonly withKey: number
  readonly kills: number
  readonly attempts: number
  readonly rotations: number
  /** Table or measure → what it holds. */
  readonly sums: Readonly<Record<string, number>>
  readonly errors: string
}

/** Pushes bodies and writes a followed, rotated file while the process is killed again and again; then counts. */
export async function embeddedCrash(options: CrashOptions): Promise<CrashResult> {
  const file = join(options.folder, 'logs', 'access.json')
  await mkdir(join(options.folder, 'logs'), { recursive: true })
  const config = join(options.folder, 'lastcall.yaml')
  await writeFile(
    config,
    `sources:
  - { id: bodies, format: nginx-json, realm: one, key: { header: x-api-key } }
  - { id: files, format: nginx-json, realm: one, key: { header: x-api-key }, file: { path: ${file} } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
  )
  const data = join(options.folder, 'data')
  const up = new UpProcess(['--config', config, '--data', data, '--port', '0'])
  await up.start()
  const now = Date.now()
  const random = seeded(7)
  let over = false
  const enough = (): boolean => over
  const pushing = Promise.all(
    [0, 1, 2].map(index =>
      sendBodies({
        from: index * SHARE,
        to: (index + 1) * SHARE,
        enough,
        pauseMs: 100,
        most: options.most,
        url: () => up.url,
        now,
        random,
      }),
    ),
  )
  const writing = writeFileLines({
    file,
    from: 3 * SHARE,
    enough,
    now,
    rotateBytes: options.rotateBytes,
    pauseMs: 50,
  })
  for (let kill = 1; kill <= options.kills; kill += 1) {
    await delay(150 + random() * 900)
    await up.kill()
    options.say(`kill ${kill} of ${options.kills}`)
    await up.start()
  }
  over = true
  const pushed = await pushing
  const { rotations, next } = await writing
  const numbers = [...pushed.flatMap((one, index) => numbersOf(index * SHARE, one.next)), ...numbersOf(3 * SHARE, next)]
  const sent = numbers.length
  await settled(up.url, sent)
  await up.kill('SIGTERM')
  const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
  const sums = await sumsOf(clickhouse).finally(() => clickhouse.close())
  const withKey = numbers.filter(hasKey).length
  const attempts = pushed.reduce((sum, made) => sum + made.attempts, 0)
  return { sent, withKey, kills: options.kills, attempts, rotations, sums, errors: up.errors }
}

/** Waits until the API counts as many calls as were sent, or nothing moves for half a minute. */
async function settled(url: string, sent: number): Promise<void> {
  let before = -1
  let still = 0
  while (still < 60) {
    await delay(500)
    const { total } = (await (await fetch(`${url}/api/v1/totals`)).json()) as { total: number }
    if (total >= sent) return void (await delay(1_500))
    still = total === before ? still + 1 : 0
    before = total
  }
}

/** `npm run crash:embedded`: the long form. One JSON line at the end. */
if (import.meta.main) {
  const { mkdtemp, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-crash-'))
  const result = await embeddedCrash({
    folder,
    kills: 100,
    most: 2_000,
    rotateBytes: 4_000_000,
    say: text => process.stderr.write(`\r${text}   `),
  })
  process.stdout.write(`\n${JSON.stringify(result)}\n`)
  await rm(folder, { recursive: true, force: true })
}
