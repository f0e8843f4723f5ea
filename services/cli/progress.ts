import type { CommandContext } from './command.ts'

/** A bar on stderr while it is a terminal; silent otherwise. Redrawn at most ten times a second. */
export class Progress {
  readonly #context: Pick<CommandContext, 'stderr' | 'stderrIsTerminal' | 'clock'>
  readonly #label: string
  readonly #total: number
  readonly #began: number
  #drawn = 0

  /** `total` 0: only what is done is shown. */
  constructor(context: Pick<CommandContext, 'stderr' | 'stderrIsTerminal' | 'clock'>, label: string, total: number) {
    this.#context = context
    this.#label = label
    this.#total = total
    this.#began = context.clock.now()
  }

  at(done: number, detail = ''): void {
    const now = this.#context.clock.now()
    if (!this.#context.stderrIsTerminal || now - this.#drawn < 100) return
    this.#drawn = now
    const share = this.#total === 0 ? 0 : Math.min(1, done / this.#total)
    const bar =
      this.#total === 0 ? '' : `[${'#'.repeat(Math.round(share * 24)).padEnd(24, '.')}] ${Math.floor(share * 100)} % `
    this.#context.stderr(`\r\u001b[K${this.#label} ${bar}${detail} ${((now - this.#began) / 1000).toFixed(0)} s`)
  }

  end(): void {
    if (this.#context.stderrIsTerminal) this.#context.stderr('\r\u001b[K')
  }
}
