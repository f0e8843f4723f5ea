import type { Api, Contact, Deprecation } from '../../services/domain/catalogue.ts'
import type { Evidence, Notice, Untold } from '../../services/domain/notice.ts'
import type { MigrationState } from '../../services/domain/usage.ts'
import { Audience, tellsAll } from './audience.ts'
import { type Caller, callersOf } from './callers.ts'
import { contactKey, noticeId } from './contact.ts'
import { standingOf } from './date-revision.ts'
import { type Calendar, calendarOf, type Due, newestDue, newsDue } from './due.ts'
import { evidenceOf, noEvidence } from './evidence.ts'
import { staleReason } from './fresh-sources.ts'
import { hasRecentCall } from './recent-call.ts'
import type { KnownDeprecation, LedgerView } from './view.ts'
import type { DeprecationUsage, World } from './world.ts'

/** What is owed on a day. A value; nothing has happened yet. */
export interface Plan {
  /** May go now, as far as the data says. */
  readonly due: readonly Notice[]
  /** Is due, but must not go now. */
  readonly held: readonly { readonly notice: Notice; readonly reason: string }[]
  /** Deprecations of which nothing can be said now, by id: what waits for them goes on waiting. */
  readonly blocked: ReadonlyMap<string, string>
  readonly untold: readonly Untold[]
  /** Customers that are done with a root (`root\ncustomer`), and how: why what waited for them goes no more. */
  readonly quiet: ReadonlyMap<string, MigrationState>
  /** The deprecations as they stand, for the ledger to remember. */
  readonly deprecations: readonly KnownDeprecation[]
}

/**
 * Which notices are owed today: catalogue × policy × usage × states × ledger. Pure: `world.now` is the only time, and
 * the same values give the same plan. One rule is one file beside this one (design §9).
 */
export function planNotices(world: World, ledger: LedgerView): Plan {
  const due: Notice[] = []
  const held: { notice: Notice; reason: string }[] = []
  const blocked = new Map<string, string>()
  const untold: Untold[] = []
  const deprecations: KnownDeprecation[] = []
  const quiet = new Map<string, MigrationState>()
  const audience = new Audience(world.catalogue.customers)
  for (const deprecation of world.catalogue.deprecations.values()) {
    const api = world.catalogue.apis.get(deprecation.api)
    if (api === undefined) throw new Error(`deprecation ${deprecation.id} names an API that is not in the catalogue`)
    const standing = standingOf(deprecation, world.catalogue, ledger.known)
    if (standing.kind === 'held') {
      blocked.set(deprecation.id, standing.reason)
      continue
    }
    deprecations.push(standing.now)
    const calendar = calendarOf(deprecation, api.policy, api.zone, world.now)
    if (!calendar.announced) continue
    const usage = world.usage.get(deprecation.id)
    if (usage === undefined) {
      blocked.set(
        deprecation.id,
        `its usage could not be read: ${world.faults.get(deprecation.id) ?? 'nothing came back'}`,
      )
      continue
    }
    const one = new DeprecationPlan(world, ledger, audience, { deprecation, api, known: standing.now, usage, calendar })
    one.run({ due, held, untold, quiet })
  }
  return { due, held, blocked, untold, quiet, deprecations }
}

interface Subject {
  readonly deprecation: Deprecation
  readonly api: Api
  readonly known: KnownDeprecation
  readonly usage: DeprecationUsage
  readonly calendar: Calendar
}

/** Where the plan is gathered. */
interface Gathered {
  readonly due: Notice[]
  readonly held: { readonly notice: Notice; readonly reason: string }[]
  readonly untold: Untold[]
  readonly quiet: Map<string, MigrationState>
}

/** The plan of one deprecation. */
class DeprecationPlan {
  readonly #world: World
  readonly #ledger: LedgerView
  readonly #audience: Audience
  readonly #of: Subject
  readonly #stale: string
  readonly #none: Evidence
  constructor(world: World, ledger: LedgerView, audience: Audience, subject: Subject) {
    this.#world = world
    this.#ledger = ledger
    this.#audience = audience
    this.#of = subject
    this.#stale = staleReason(subject.usage.feeding, world.now)
    this.#none = noEvidence(world.now)
  }

  run(into: Gathered): void {
    const { deprecation, api, known, usage } = this.#of
    const callers = callersOf(usage)
    for (const { consumer, reason } of callers.nameless)
      into.untold.push({ deprecation: deprecation.id, consumer, customer: null, reason })
    for (const caller of callers.byCustomer.values()) {
      if (caller.awake.length === 0) {
        into.quiet.set(`${known.root}\n${caller.customer}`, caller.state)
        continue
      }
      this.#caller(caller, into)
      const reason = this.#unreachable(caller.customer)
      if (reason === undefined) continue
      for (const { consumer } of caller.awake)
        into.untold.push({ deprecation: deprecation.id, consumer, customer: caller.customer, reason })
    }
    if (!tellsAll(deprecation, api)) return
    const { catalogue, customersSeen } = this.#world
    const seen = customersSeen.get(api.id) ?? NOBODY
    for (const customer of this.#audience.customersOf(api.id, seen, catalogue.apis.size === 1)) {
      const caller = callers.byCustomer.get(customer.id)
      if (caller === undefined || (caller.awake.length === 0 && caller.state !== 'migrated'))
        this.#bystander(customer.id, into)
    }
  }

  /** A customer that calls, or may call again. */
  #caller(caller: Caller, into: Gathered): void {
    const { deprecation, api, known, calendar } = this.#of
    let evidence: Evidence | undefined
    for (const contact of this.#reachable(caller.customer)) {
      const past = this.#ledger.past(known.root, contactKey(caller.customer, contact.address))
      const next = newestDue(calendar, api.policy, past)
      if (next === undefined || !hasRecentCall(next, caller, past, deprecation, api.policy, this.#world.now)) continue
      evidence ??= evidenceOf(caller, this.#world.now)
      const notice = this.#notice(next, caller.customer, contact, evidence)
      put(into, notice, this.#stale || this.#waived(caller.customer))
    }
  }

  /** A customer that calls nothing deprecated, where the policy tells everybody: rests on no usage, so no source holds it. */
  #bystander(customer: string, into: Gathered): void {
    const { api, known, calendar } = this.#of
    for (const contact of this.#reachable(customer)) {
      const past = this.#ledger.past(known.root, contactKey(customer, contact.address))
      const next = newsDue(calendar, api.policy, past)
      if (next === undefined) continue
      put(into, this.#notice(next, customer, contact, this.#none), this.#waived(customer))
    }
  }

  #notice(due: Due, customer: string, contact: Contact, evidence: Evidence): Notice {
    const { deprecation, known, calendar } = this.#of
    const { id: name, api } = deprecation
    const { root, revision } = known
    const { address, language, zone } = contact
    const { kind, stage, occurrence, standsFor, movedFrom } = due
    const id = noticeId({ kind, root, revision, customer, address, stage, occurrence })
    const { sunset } = calendar
    // One literal: two million of these may be made in a round.
    return {
      id,
      kind,
      deprecation: name,
      root,
      api,
      revision,
      stage,
      occurrence,
      standsFor,
      movedFrom,
      sunset,
      customer,
      address,
      language,
      zone,
      evidence,
    }
  }

  #reachable(customer: string): readonly Contact[] {
    const contacts = this.#audience.contacts(customer)
    if (this.#ledger.refused.size === 0) return contacts
    return contacts.filter(({ address }) => !this.#ledger.refused.has(address.toLowerCase()))
  }

  #unreachable(customer: string): Untold['reason'] | undefined {
    if (this.#audience.contacts(customer).length === 0) return 'no-contact'
    return this.#reachable(customer).length === 0 ? 'refused-address' : undefined
  }

  #waived(customer: string): string {
    const until = this.#ledger.waived(this.#of.known.root, customer)
    if (until === undefined) return ''
    return until === '' ? 'waived for this customer' : `waived for this customer until ${until}`
  }
}

function put(into: Gathered, notice: Notice, reason: string): void {
  if (reason === '') into.due.push(notice)
  else into.held.push({ notice, reason })
}

const NOBODY: ReadonlySet<string> = new Set()
