import { between, pick } from './random.ts'

/** How an actor calls, day by day. */
export type Rhythm = 'hourly' | 'daily' | 'office' | 'weekly' | 'month-end' | 'once'
/** What becomes of it during the 120 days. */
export type Fate = 'stays' | 'half' | 'migrated' | 'relapsed' | 'stopped' | 'rotated-key' | 'moves-soon'

/** One consumer of one demo API. Day numbers count from the first day of history (0). */
export interface Actor {
  readonly customer: string
  readonly api: 'atlas' | 'sift' | 'harbor'
  /** As the gateway names it (Kong consumer), '' for callers with a key only. */
  readonly consumer: string
  /** A visibly fake API key; '' for callers that send none. */
  readonly key: string
  /** The key from `movedOn` on, when the key was rotated. */
  readonly newKey: string
  readonly rhythm: Rhythm
  readonly fate: Fate
  /** The day its fate befalls it. */
  readonly movedOn: number
  readonly agent: string
  readonly perDay: number
  readonly old: readonly DemoOperation[]
  readonly successor: readonly DemoOperation[]
  readonly test: boolean
}

export interface DemoOperation {
  readonly method: string
  readonly template: string
}

const op = (text: string): DemoOperation => ({
  method: text.slice(0, text.indexOf(' ')),
  template: text.slice(text.indexOf(' ') + 1),
})

export const OPERATIONS = {
  atlas: {
    old: [op('POST /v1/tasks/annotation'), op('GET /v1/tasks/{task}'), op('GET /v1/batches')],
    successor: [op('POST /v2/projects/{project}/tasks'), op('GET /v2/tasks/{task}'), op('GET /v2/batches')],
  },
  sift: {
    old: [op('POST /v2.1/files'), op('GET /v2.1/files/{file}')],
    successor: [op('POST /v3/files'), op('GET /v3/files/{file}')],
  },
  harbor: {
    old: [op('POST /v1/content/{id}/generate'), op('GET /v1/search'), op('GET /v1/sites/{site}/pages')],
    successor: [op('POST /v2/content/{id}/generations'), op('POST /v2/search'), op('GET /v2/sites/{site}/pages')],
  },
} as const

const NAMES = [
  'Blue Heron Logistics',
  'Copperfield Books',
  'Northwind Clinics',
  'Tidewater Bank',
  'Juniper Mills',
  'Redshank Media',
  'Old Quarry Foods',
  'Lantern Travel',
  'Saltmarsh Insurance',
  'Brightwell Schools',
  'Fenwick Tools',
  'Osprey Mobility',
  'Silver Birch Homes',
  'Kestrel Analytics',
  'Harvest Moon Farms',
  'Granite Peak Gear',
  'Marigold Pharma',
  'Westerly Shipping',
  'Ironbridge Steel',
  'Foxglove Studio',
  'Plover Parking',
  'Linden Legal',
  'Starling Tickets',
  'Moorland Energy',
  'Beacon Street Labs',
  'Curlew Telecom',
  'Pebble Payments',
  'Amber Archive',
  'Thistle Robotics',
  'Cobalt Couriers',
  'Wren Weather',
  'Sable Security',
  'Hollow Oak Games',
  'Driftwood Hotels',
  'Umber Arts',
  'Violet Bay Tours',
] as const

const FATES: readonly [Fate, Rhythm][] = [
  ['stays', 'hourly'],
  ['stays', 'daily'],
  ['stays', 'office'],
  ['stays', 'weekly'],
  ['stays', 'month-end'],
  ['half', 'daily'],
  ['migrated', 'daily'],
  ['migrated', 'office'],
  ['relapsed', 'daily'],
  ['stopped', 'daily'],
  ['rotated-key', 'office'],
  ['moves-soon', 'hourly'],
]
const AGENTS = [
  'python-requests/2.32',
  'okhttp/4.12',
  'Go-http-client/2.0',
  'axios/1.7',
  'harbor-sdk-js/1.9',
  'curl/8.5',
] as const
const APIS = ['harbor', 'atlas', 'sift'] as const

/** Every consumer of the demo, made from the seed alone. */
export function actorsOf(seed: string): readonly Actor[] {
  const actors = NAMES.map((name, index): Actor => {
    const [fate, rhythm] = FATES[Math.floor(index / APIS.length) % FATES.length] ?? ['stays', 'daily']
    const slug = slugOf(name)
    const api = APIS[index % APIS.length] ?? 'harbor'
    // One SDK behind many: every third customer of harbor lives on the vendor's own old SDK.
    const agent = api === 'harbor' && index % 2 === 0 ? 'harbor-sdk-js/1.9' : pick(`${seed} agent ${slug}`, AGENTS)
    return {
      customer: slug,
      api,
      // A key is all that tells who it is; sift's log shows no keys, so everyone there has a name.
      consumer: fate === 'rotated-key' && api !== 'sift' ? '' : slug,
      key: `demo-key-not-a-secret-${slug}`,
      newKey: `demo-key-not-a-secret-${slug}-2`,
      rhythm,
      fate,
      movedOn: fate === 'moves-soon' ? 120 : between(`${seed} moved ${slug}`, 45, 80),
      agent,
      perDay: rhythm === 'hourly' ? 24 : between(`${seed} rate ${slug}`, 4, 13),
      ...OPERATIONS[api],
      test: false,
    }
  })
  return [...actors, ...OTHERS]
}

/** Those who are nobody's customer: keyless scripts, a one-off, the operator's own uptime monitor. */
const OTHERS: readonly Actor[] = [
  {
    customer: '',
    api: 'harbor',
    consumer: '',
    key: '',
    newKey: '',
    rhythm: 'daily',
    fate: 'stays',
    movedOn: 0,
    agent: 'curl/8.5',
    perDay: 9,
    ...OPERATIONS.harbor,
    test: false,
  },
  {
    customer: '',
    api: 'atlas',
    consumer: 'unowned-trial',
    key: '',
    newKey: '',
    rhythm: 'once',
    fate: 'stays',
    movedOn: 0,
    agent: 'python-requests/2.31',
    perDay: 5,
    ...OPERATIONS.atlas,
    test: false,
  },
  {
    customer: '',
    api: 'harbor',
    consumer: 'status-page',
    key: '',
    newKey: '',
    rhythm: 'hourly',
    fate: 'stays',
    movedOn: 0,
    agent: 'UptimeRobot/2.0',
    perDay: 48,
    ...OPERATIONS.harbor,
    test: true,
  },
]

export const slugOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
export const customerNames: ReadonlyMap<string, string> = new Map(NAMES.map(name => [slugOf(name), name]))
