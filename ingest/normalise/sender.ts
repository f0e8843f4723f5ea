import type { Call } from '../../services/domain/call.ts'
import type { Source } from '../../services/domain/catalogue.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { normaliseAgent } from './agent.ts'
import type { NormaliserMemory } from './memory.ts'
import { networkOf, readAddress } from './net.ts'
import { Recent } from './recent.ts'
import { normaliseHeader, normaliseLink } from './response-header.ts'
import { TestTraffic } from './test-traffic.ts'

interface Agent {
  readonly text: string
  readonly test: boolean
}
interface Client {
  readonly net: string
  readonly test: boolean
}

type HeaderName = 'deprecation' | 'sunset' | 'link' | 'version'

const REMEMBERED = 5_000
const LONGEST_REMEMBERED = 1_024

/** What software called, from which network, whether as a test, and which headers it was answered with. */
export class Sender {
  readonly #source: string
  readonly #memory: NormaliserMemory
  readonly #tests: TestTraffic
  readonly #agents = new Recent<Agent>(REMEMBERED)
  readonly #clients = new Recent<Client>(REMEMBERED)
  readonly #headers: Readonly<Record<HeaderName, Recent<string>>> = {
    deprecation: new Recent(REMEMBERED),
    sunset: new Recent(REMEMBERED),
    link: new Recent(REMEMBERED),
    version: new Recent(REMEMBERED),
  }

  constructor(source: Source, memory: NormaliserMemory) {
    this.#source = source.id
    this.#memory = memory
    this.#tests = new TestTraffic(source.test)
  }

  /** Sets agent, net, class and the response headers; `call.consumer` is set before. */
  describe(call: Call, raw: RawCall): void {
    const agent = raw.agent === '' ? NO_AGENT : this.#agent(raw.agent)
    const client = raw.clientIp === '' ? NO_CLIENT : this.#client(raw.clientIp)
    call.agent = agent.text
    call.net = client.net
    const test =
      raw.synthetic || agent.test || client.test || (call.consumer !== '' && this.#tests.hasConsumer(call.consumer))
    call.class = test ? 'test' : 'use'
    if (raw.deprecation !== '') call.deprecation = this.#header('deprecation', raw.deprecation)
    if (raw.sunset !== '') call.sunset = this.#header('sunset', raw.sunset)
    if (raw.link !== '') call.link = this.#header('link', raw.link)
    if (raw.versionHeader !== '') call.versionHeader = this.#header('version', raw.versionHeader)
  }

  /** To be called when the memory forgot a day. */
  clear(): void {
    this.#agents.clear()
    for (const values of Object.values(this.#headers)) values.clear()
  }

  #agent(logged: string): Agent {
    let agent = this.#agents.get(logged)
    if (agent === undefined) {
      agent = {
        text: this.#memory.agents.keep(this.#source, normaliseAgent(logged)),
        test: this.#tests.hasAgent(logged),
      }
      if (logged.length <= LONGEST_REMEMBERED) this.#agents.set(logged, agent)
    }
    return agent
  }

  #client(logged: string): Client {
    let client = this.#clients.get(logged)
    if (client === undefined) {
      const address = readAddress(logged)
      client = address === undefined ? NO_CLIENT : { net: networkOf(address), test: this.#tests.hasAddress(address) }
      if (logged.length <= LONGEST_REMEMBERED) this.#clients.set(logged, client)
    }
    return client
  }

  #header(name: HeaderName, logged: string): string {
    const recent = this.#headers[name]
    let value = recent.get(logged)
    if (value === undefined) {
      value = this.#memory.headers[name].keep(
        this.#source,
        name === 'link' ? normaliseLink(logged) : normaliseHeader(logged),
      )
      if (logged.length <= LONGEST_REMEMBERED) recent.set(logged, value)
    }
    return value
  }
}

const NO_AGENT: Agent = { text: '', test: false }
const NO_CLIENT: Client = { net: '', test: false }
