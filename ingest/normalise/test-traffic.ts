import type { TestRules } from '../../services/domain/catalogue.ts'
import { isInNetwork, type Network, readNetwork } from './net.ts'

/**
 * Products whose calls are tests, probes or monitors and no customer's use, found anywhere in a User-Agent, without
 * case. Shown to people in docs/matching.md; a source adds its own under `test:`.
 */
export const TEST_AGENTS: readonly string[] = [
  'postmanruntime',
  'insomnia/',
  'bruno-runtime',
  'hoppscotch',
  'uptimerobot',
  'pingdom',
  'statuscake',
  'site24x7',
  'betteruptime',
  'better uptime',
  'better stack',
  'uptime-kuma',
  'hetrixtools',
  'freshping',
  'updown.io',
  'checkly',
  'datadogsynthetics',
  'datadog/synthetics',
  'newrelicpinger',
  'newrelicsynthetics',
  'catchpoint',
  'dynatrace synthetic',
  'ruxitsynthetic',
  'googlehc',
  'googlestackdrivermonitoring',
  'elb-healthchecker',
  'amazon-route53-health-check',
  'kube-probe',
  'blackbox exporter',
  'blackbox-exporter',
  'check_http',
  'nagios',
  'zabbix',
  'icinga',
  'haproxy health',
  'consul health check',
  'k6/',
  'jmeter',
  'gatling',
  'artillery',
  'locust',
  'autocannon',
  'apachebench',
  'dredd',
  'schemathesis',
]

/** A source's rules for test traffic, ready to be asked. */
export class TestTraffic {
  readonly #agents: readonly string[]
  readonly #consumers: ReadonlySet<string>
  readonly #networks: readonly Network[]

  constructor(rules: TestRules) {
    this.#agents = rules.agents.map(agent => agent.toLowerCase()).filter(agent => agent !== '')
    this.#consumers = new Set(rules.consumers)
    this.#networks = rules.networks.map(readNetwork).filter(network => network !== undefined)
  }

  /** `agent` as logged. */
  hasAgent(agent: string): boolean {
    const lower = agent.slice(0, 1_024).toLowerCase()
    return this.#agents.some(prefix => lower.startsWith(prefix)) || TEST_AGENTS.some(product => lower.includes(product))
  }

  hasAddress(address: readonly number[]): boolean {
    return this.#networks.some(network => isInNetwork(address, network))
  }

  /** A whole consumer id. */
  hasConsumer(consumer: string): boolean {
    return this.#consumers.size > 0 && this.#consumers.has(consumer)
  }
}
