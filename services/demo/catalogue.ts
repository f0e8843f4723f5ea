import { stringify } from 'yaml'
import { HOSTS, idOf } from './gateways.ts'
import { type Actor, actorsOf, customerNames, OPERATIONS } from './world.ts'

export interface DemoFiles {
  readonly config: string
  readonly customers: string
}

/** What a customer's keys become: given by the running installation, whose pepper nobody else has. */
export type ConsumerOfKey = (realm: string, key: string) => string

/**
 * The demo's lastcall.yaml and customers.csv as of a day: the three published policies side by side.
 * `today` is a date in UTC; `logs` is the folder in which the invented gateways write their files.
 */
export function demoFiles(
  seed: string,
  today: Temporal.PlainDate,
  logs: string,
  consumerOfKey: ConsumerOfKey,
): DemoFiles {
  const day = (offset: number): string => today.add({ days: offset }).toString()
  const config = {
    sources: [
      {
        id: 'edge-kong',
        format: 'kong',
        realm: 'kong',
        key: { header: 'x-api-key' },
        test: { agents: ['UptimeRobot'] },
      },
      {
        id: 'web-atlas',
        format: 'nginx-json',
        realm: 'atlas',
        'trusted-headers': ['x-consumer-id'],
        key: { header: 'x-api-key' },
        file: { path: `${logs}/atlas.access.json` },
      },
      {
        id: 'web-sift',
        format: 'combined',
        realm: 'sift',
        host: HOSTS.sift,
        'trusted-headers': ['remote-user'],
        file: { path: `${logs}/sift.access.log` },
      },
    ],
    apis: [harbor(day), atlas(day), sift(day)],
    customers: { file: './customers.csv' },
    mail: { from: 'Harbor API changes <api-changes@harbor.example>', 'recipient-cap': 200 },
  }
  const head = '# Made by `lastcall demo`: three invented APIs under three published deprecation policies.\n'
  return { config: head + stringify(config), customers: customersCsv(seed, consumerOfKey) }
}

const listOf = (operations: readonly { readonly method: string; readonly template: string }[]): string[] =>
  operations.map(({ method, template }) => `${method} ${template}`)

function harbor(day: (offset: number) => string) {
  const { old, successor } = OPERATIONS.harbor
  return {
    id: 'harbor',
    policy: 'layers',
    hosts: [HOSTS.harbor],
    zone: 'Europe/Berlin',
    support: 'support@harbor.example',
    operations: listOf([...old, ...successor]),
    deprecations: [
      {
        id: 'content-generate',
        thing: { operation: 'POST /v1/content/{id}/generate' },
        announced: day(-63),
        sunset: day(28),
        reason: 'Replaced by the asynchronous generator.',
        successor: { operation: 'POST /v2/content/{id}/generations' },
        guide: {
          'from-to': [
            { from: 'prompt', to: 'input.prompt' },
            { from: 'result (in the answer)', to: 'GET the generation until status is "done"' },
          ],
        },
      },
      {
        id: 'search-by-get',
        thing: { operation: 'GET /v1/search' },
        announced: day(-86),
        sunset: day(6),
        reason: 'Queries outgrew the address line.',
        successor: { operation: 'POST /v2/search' },
        guide: {
          'from-to': [
            { from: '?q=', to: 'query', note: 'in the JSON body' },
            { from: '?page=', to: 'cursor' },
          ],
        },
      },
      {
        id: 'site-pages',
        thing: { operation: 'GET /v1/sites/{site}/pages' },
        announced: day(-18),
        sunset: day(75),
        reason: 'Pages are listed with their revisions now.',
        successor: { operation: 'GET /v2/sites/{site}/pages' },
        guide: { 'from-to': [{ from: 'pages[].html', to: 'pages[].revision.html' }] },
      },
    ],
  }
}

function atlas(day: (offset: number) => string) {
  const { old, successor } = OPERATIONS.atlas
  return {
    id: 'atlas',
    policy: 'scale',
    hosts: [HOSTS.atlas],
    zone: 'America/Los_Angeles',
    support: 'help@atlas.example',
    operations: listOf([...old, ...successor]),
    deprecations: [
      {
        id: 'atlas-v1',
        thing: { version: 'v1' },
        announced: day(-100),
        reason: 'Tasks belong to projects in v2.',
        successor: { version: 'v2' },
        guide: { 'from-to': [{ from: 'POST /v1/tasks/annotation', to: 'POST /v2/projects/{project}/tasks' }] },
      },
    ],
  }
}

function sift(day: (offset: number) => string) {
  const { old, successor } = OPERATIONS.sift
  return {
    id: 'sift',
    policy: 'scanii',
    hosts: [HOSTS.sift],
    zone: 'UTC',
    support: 'support@sift.example',
    operations: listOf([...old, ...successor]),
    deprecations: [
      {
        id: 'sift-v2-1',
        thing: { version: 'v2.1' },
        announced: day(-110),
        reason: 'Superseded by v3; v2.1 goes on working.',
        successor: { version: 'v3' },
      },
    ],
  }
}

/** Customer, consumer, contact, role, language, zone, tags: role addresses at `.example` only. */
function customersCsv(seed: string, consumerOfKey: ConsumerOfKey): string {
  const rows = ['customer,consumer,contact,role,language,zone,tags']
  for (const actor of actorsOf(seed)) {
    if (actor.customer === '') continue
    const reachable = actor.customer !== 'umber-arts'
    const contact = reachable ? `developers@${actor.customer}.example` : ''
    for (const consumer of consumersOf(actor, consumerOfKey))
      rows.push([nameOf(actor), consumer, contact, reachable ? 'developer' : '', 'en', 'UTC', ''].join(','))
    if (actor.perDay > 11 && reachable)
      rows.push([nameOf(actor), '', `api-owner@${actor.customer}.example`, 'owner', 'en', 'UTC', ''].join(','))
  }
  return `${rows.join('\n')}\n`
}

const nameOf = (actor: Actor): string => customerNames.get(actor.customer) ?? actor.customer

/** The consumer ids under which an actor's calls are stored. */
export function consumersOf(actor: Actor, consumerOfKey: ConsumerOfKey): string[] {
  if (actor.api === 'harbor')
    return actor.consumer !== ''
      ? [`kong:consumer:${idOf(actor.consumer)}`]
      : keysOf(actor).map(key => consumerOfKey('kong', key))
  if (actor.api === 'atlas')
    return actor.consumer !== ''
      ? [`atlas:consumer:${actor.consumer}`]
      : keysOf(actor).map(key => consumerOfKey('atlas', key))
  return actor.consumer === '' ? [] : [`sift:user:${actor.consumer}`]
}

const keysOf = (actor: Actor): string[] =>
  actor.key === '' ? [] : actor.fate === 'rotated-key' ? [actor.key, actor.newKey] : [actor.key]
