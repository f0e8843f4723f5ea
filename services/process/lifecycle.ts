/** What has been started, to be stopped in reverse order: each part may lean on those started before it. */
export class Lifecycle {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> | void }[] = []

  started(name: string, stop: () => Promise<void> | void): void {
    this.#stops.push({ name, stop })
  }

  /** Stops everything; a part that fails to stop does not keep the others running. */
  async stop(onFault: (name: string, error: unknown) => void): Promise<void> {
    for (let part = this.#stops.pop(); part !== undefined; part = this.#stops.pop()) {
      try {
        await part.stop()
      } catch (error) {
        onFault(part.name, error)
      }
    }
  }
}
