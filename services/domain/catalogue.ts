import type { Policy } from './policy.ts'

/** Where a fact was written, for findings. Lines count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** One statement of `lastcall check`: a stable code, where, what is wrong and what to do. */
export interface Finding extends Place {
  readonly code: string
  readonly level: 'error' | 'warning'
  readonly message: string
  /** What to do about it: one sentence. */
  readonly todo: string
  /** The clause of a published policy this finding proves, when it is one. */
  readonly clause?: string
}

/** Everything the operator declared, read and judged as one value; replaced whole on reload. */
export interface Catalogue {
  /** Hex digest of the files read; shown wherever the catalogue is used. */
  readonly revision: string
  /** True only without a catalogue (`analyze`): every host is an API of its own name, nothing is deprecated. */
  readonly open: boolean
  readonly sources: ReadonlyMap<string, Source>
  readonly apis: ReadonlyMap<string, Api>
  readonly deprecations: ReadonlyMap<string, Deprecation>
  readonly customers: Customers
}

export interface Source {
  readonly id: string
  /** A format's name or `auto`. */
  readonly format: string
  /** Identities of one realm mean the same everywhere. */
  readonly realm: string
  /** Where the caller's key stands when the gateway names no consumer. */
  readonly key: { readonly header: string } | { readonly query: string } | undefined
  /** Lower-case names of headers that the gateway itself sets. */
  readonly trustedHeaders: readonly string[]
  /** Host for records that carry none; '' when not given. */
  readonly host: string
  /** IANA zone for times that carry none. */
  readonly zone: string
  /** A file to follow, or a glob of them; absolute. */
  readonly file: { readonly path: string } | undefined
  /** Ports on which it takes syslog. */
  readonly syslog: SyslogListener | undefined
  /** A Kafka topic it reads. */
  readonly kafka: KafkaSource | undefined
  readonly limits: SourceLimits
  /** Field map of a `json` source. */
  readonly map: FieldMap | undefined
  /** A log_format / LogFormat / log-format string of a compiled source, '' when not given. */
  readonly layout: string
  /** SHA-256 digests (hex) of the tokens that may send to this source. */
  readonly tokens: readonly string[]
  /** Query parameter names whose values may be kept. */
  readonly keepQuery: readonly string[]
  /** Hosts this source is authoritative for when several hops log one call; empty: all. */
  readonly authoritative: readonly string[]
  /** What is test traffic here. */
  readonly test: TestRules
}

export interface SyslogListener {
  readonly host: string
  /** 0: any free port. */
  readonly udp: number | undefined
  readonly tcp: number | undefined
  readonly tls: number | undefined
  /** Files, PEM; absolute. */
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  /** Senders without a certificate signed by it are refused. */
  readonly clientCaFile: string | undefined
  /** CIDR networks that may send; this machine always may. An UDP sender's address can be forged. */
  readonly allow: readonly string[]
}

export interface KafkaSource {
  readonly topic: string
  /** Undefined: the brokers of `topic.kafka`, with their security. */
  readonly connection: KafkaConnection | undefined
  readonly groupId: string
}

/** How brokers are reached. Secrets are names of environment variables. */
export interface KafkaConnection {
  /** `host:port` */
  readonly brokers: readonly string[]
  readonly ssl: boolean
  /** Files, PEM; absolute. */
  readonly caFile: string | undefined
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  readonly sasl:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer'
        readonly username: string
        readonly passwordEnv: string
        readonly tokenUrl: string | undefined
        readonly scope: string | undefined
      }
    | undefined
}

/** Undefined: only the limits of the whole installation hold. */
export interface SourceLimits {
  readonly bytesPerSecond: number | undefined
  readonly uploadsPerSecond: number | undefined
  /** Of one body, decoded. */
  readonly bodyBytes: number | undefined
}

export interface TestRules {
  /** Prefixes of User-Agents, compared without case. */
  readonly agents: readonly string[]
  /** CIDR networks. */
  readonly networks: readonly string[]
  /** Consumer ids. */
  readonly consumers: readonly string[]
}

/** Dotted paths into a JSON record. Arrays by number (`a.0.b`); several alternatives are tried in order. */
export interface FieldMap {
  readonly time: FieldTime
  readonly method: readonly string[]
  readonly target: readonly string[]
  readonly status: readonly string[]
  readonly host?: readonly string[]
  readonly route?: readonly string[]
  readonly duration?: { readonly path: readonly string[]; readonly unit: 's' | 'ms' | 'us' | 'ns' }
  readonly consumer?: readonly string[]
  readonly user?: readonly string[]
  readonly key?: readonly string[]
  readonly agent?: readonly string[]
  readonly clientIp?: readonly string[]
  readonly requestId?: readonly string[]
  readonly deprecation?: readonly string[]
  readonly sunset?: readonly string[]
  readonly link?: readonly string[]
  readonly versionHeader?: readonly string[]
  /** Path of the object that holds the request headers, and a prefix their names carry there. */
  readonly headers?: { readonly path: string; readonly prefix: string }
  /** Words that mean nothing in any field; `-`, `` and `REDACTED` are always among them. */
  readonly nothing?: readonly string[]
}
export interface FieldTime {
  readonly path: readonly string[]
  readonly unit: 'iso' | 'clf' | 's' | 'ms' | 'us' | 'ns'
  readonly zone?: string
  readonly kind: 'start' | 'end' | 'logged'
}

export interface Api {
  readonly id: string
  readonly policy: Policy
  /** Lower-case, no port; `*` is every host (and none), `*.example.com` every host below. */
  readonly hosts: readonly string[]
  /** IANA zone: what "a day" and "the sunset date" mean for this API. */
  readonly zone: string
  readonly version: VersionSelector
  readonly operations: readonly Operation[]
  readonly support: string
  /** Versions whose first day is declared; a breaking change may only ship on it. */
  readonly versions: readonly VersionRelease[]
  /** What the changelog lists, newest first. */
  readonly changes: readonly Change[]
  readonly place: Place
}

export interface VersionRelease {
  readonly version: string
  /** Calendar date in the API's zone, YYYY-MM-DD: from then on nothing in it may break. */
  readonly released: string
}

/** One entry of the changelog that is not a deprecation. */
export interface Change {
  /** Calendar date in the API's zone, YYYY-MM-DD. */
  readonly date: string
  readonly version: string
  /** A kind the API's policy lists (`response-field-added`), or the operator's own. */
  readonly kind: string
  readonly class: 'additive' | 'breaking'
  readonly text: string
  readonly place: Place
}

export type VersionSelector =
  | { readonly in: 'path' }
  | { readonly in: 'header'; readonly name: string }
  | { readonly in: 'query'; readonly name: string }
  | { readonly in: 'media-type' }
  | { readonly in: 'host' }

export interface Operation {
  /** Upper-case. */
  readonly method: string
  /** Path template with parameter names, `/v1/content/{id}/generate`. */
  readonly template: string
  /** `METHOD /v1/content/{}/generate`: the name under which calls are stored. */
  readonly key: string
  readonly deprecatedInOpenApi: boolean
  readonly place: Place
}

export type Thing =
  | { readonly kind: 'operation'; readonly method: string; readonly template: string; readonly key: string }
  | { readonly kind: 'version'; readonly version: string }
  /** A field or an error code cannot be seen in an access log: it is published, never counted. */
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'error-code'; readonly name: string }

/** The last day of service is the day before `date`; headers carry `instant`. */
export interface Sunset {
  /** Calendar date in the API's zone, YYYY-MM-DD. */
  readonly date: string
  /** RFC 3339, UTC. */
  readonly instant: string
}

export interface Deprecation {
  readonly id: string
  readonly api: string
  readonly thing: Thing
  /** Calendar date in the API's zone, YYYY-MM-DD. */
  readonly announced: string
  /** When its retirement was declared, where the policy commits to no date before that: the notice counts from here. */
  readonly retirement: string | undefined
  readonly sunset: Sunset | undefined
  readonly reason: string
  readonly successor: Thing | undefined
  readonly guide: Guide | undefined
  readonly renamedFrom: string | undefined
  readonly place: Place
}
export interface Guide {
  /** An address of the operator's own guide, '' when it is written here. */
  readonly url: string
  readonly fromTo: readonly { readonly from: string; readonly to: string; readonly note: string }[]
}

export interface Customers {
  readonly byId: ReadonlyMap<string, Customer>
  /** Consumer id → customer id. */
  readonly byConsumer: ReadonlyMap<string, string>
  /** Rows that could not be used, reported at load. */
  readonly findings: readonly Finding[]
}
export interface Customer {
  readonly id: string
  readonly consumers: readonly string[]
  readonly contacts: readonly Contact[]
  readonly tags: readonly string[]
}
export interface Contact {
  /** An e-mail address, checked at load: one line, no control characters. */
  readonly address: string
  readonly role: 'developer' | 'owner' | 'account-manager'
  /** BCP 47. */
  readonly language: string
  /** IANA zone. */
  readonly zone: string
}
