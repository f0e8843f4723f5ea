import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The version that is installed with its `http()` destination; '' when it is not (Debian: syslog-ng-core, syslog-ng-mod-http). */
export function syslogNgVersion(): string {
  try {
    const told = execFileSync('syslog-ng', ['--module-registry'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (!/^Module: http$/m.test(told)) return ''
    return /\d+\.\d+\.\d+/.exec(execFileSync('syslog-ng', ['--version'], { encoding: 'utf8' }))?.[0] ?? 'unknown'
  } catch {
    return ''
  }
}

export interface SyslogNgDestination {
  readonly url: string
  readonly token: string
  readonly lines: number
  readonly workers: number
}

/** syslog-ng that reads one file and posts its lines to each destination, until it is stopped. */
export class SyslogNgProcess {
  readonly #folder: string
  #child: ChildProcess | undefined
  errors = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  async start(file: string, destinations: readonly SyslogNgDestination[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const config = join(this.#folder, 'syslog-ng.conf')
    await writeFile(config, configOf(file, destinations))
    const here = (name: string): string => join(this.#folder, name)
    const flags = ['-F', '--no-caps', '--stderr', '-f', config]
    const files = ['-R', here('persist'), '-c', here('control'), '-p', here('pid')]
    const child = spawn('syslog-ng', [...flags, ...files], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-20_000)
    })
    this.#child = child
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** As docs/senders.md recommends it; a dead receiver is tried again after a second instead of a minute. */
function configOf(file: string, destinations: readonly SyslogNgDestination[]): string {
  const posts = destinations.map(
    ({ url, token, lines, workers }) => `  destination {
    http(
      url("${url}") method("POST") headers("Authorization: Bearer ${token}")
      body("$MESSAGE") delimiter("\\n") batch-lines(${lines}) batch-timeout(100)
      workers(${workers}) timeout(10) log-fifo-size(20000)
    );
  };`,
  )
  return `@version: 3.35
options { time-reopen(1); keep-timestamp(yes); stats-freq(0); };
log {
  source { file("${file}" flags(no-parse) follow-freq(0.2) log-iw-size(5000) log-fetch-limit(1000)); };
${posts.join('\n')}
  flags(flow-control);
};
`
}
