import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { askedNames } from '../query/names.ts'
import { thingText } from '../standing/standing.ts'

/**
 * Writes the small copies that dashboards join with usage: deprecations resolved to stored names, and who owns which
 * consumer (ids only, no addresses). Whole, under a revision that grows; rows that are no longer true are marked gone.
 * Called at each load of the catalogue and once in a while, since new names appear. `now` is milliseconds UTC.
 */
export async function writeCopies(clickhouse: ClickHouse, catalogue: Catalogue, now: number): Promise<void> {
  const rev = Math.floor(now)
  for (const deprecation of catalogue.deprecations.values())
    await copyDeprecation(clickhouse, catalogue, deprecation, rev)
  await clickhouse.command(
    'INSERT INTO deprecations SETTINGS async_insert = 0 SELECT {rev:UInt64}, id, api, version, operation, role, thing, announced, sunset, zone, policy, catalogue, 1 FROM deprecations FINAL WHERE rev < {rev:UInt64} AND gone = 0',
    { rev },
  )
  await copyCustomers(clickhouse, catalogue, rev)
}

async function copyDeprecation(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  it: Deprecation,
  rev: number,
): Promise<void> {
  const api = catalogue.apis.get(it.api)
  if (api === undefined) return
  for (const [role, thing] of [
    ['old', it.thing],
    ['successor', it.successor],
  ] as const) {
    if (thing === undefined) continue
    const names = await askedNames(clickhouse, catalogue, it.api, thing)
    // Without a call yet it still stands in the list, under no name.
    const pairs = names?.pairs ?? ['\0']
    await clickhouse.command(
      `INSERT INTO deprecations SETTINGS async_insert = 0
SELECT {rev:UInt64}, {id:String}, {api:String}, splitByChar('\\0', pair)[1], splitByChar('\\0', pair)[2], {role:String}, {thing:String}, {announced:Date},
  if({sunset:String} = '', NULL, toDate({sunset:String})), {zone:String}, {policy:String}, {catalogue:String}, 0
FROM (SELECT arrayJoin({pairs:Array(String)}) AS pair)`,
      {
        rev,
        id: it.id,
        api: it.api,
        role,
        thing: thingText(thing),
        announced: it.announced,
        sunset: it.sunset?.date ?? '',
        zone: api.zone,
        policy: api.policy.id,
        catalogue: catalogue.revision,
        pairs,
      },
    )
  }
}

/** Owned consumers in one statement; a consumer nobody owns any more is marked gone. */
async function copyCustomers(clickhouse: ClickHouse, catalogue: Catalogue, rev: number): Promise<void> {
  const owned = [...catalogue.customers.byConsumer]
  for (let at = 0; at < owned.length; at += 1_000) {
    const some = owned.slice(at, at + 1_000)
    await clickhouse.command(
      `INSERT INTO identities SETTINGS async_insert = 0
SELECT {rev:UInt64}, pair.1, pair.1, pair.2, toDateTime(0), toDateTime('2106-01-01 00:00:00', 'UTC'), 'file', 0
FROM (SELECT arrayJoin(arrayZip({consumers:Array(String)}, {customers:Array(String)})) AS pair)`,
      { rev, consumers: some.map(([consumer]) => consumer), customers: some.map(([, customer]) => customer) },
    )
  }
  await clickhouse.command(
    'INSERT INTO identities SETTINGS async_insert = 0 SELECT {rev:UInt64}, credential, principal, customer, valid_from, valid_until, how, 1 FROM identities FINAL WHERE rev < {rev:UInt64} AND gone = 0',
    { rev },
  )
}
