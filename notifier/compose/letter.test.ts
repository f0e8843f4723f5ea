import t from 'tap'
import type { Deprecation } from '../../services/domain/catalogue.ts'
import type { Notice, NoticeKind } from '../../services/domain/notice.ts'
import { api, at, catalogue, customer, deprecation, policy } from '../plan/world.fixture.ts'
import { composeLetter } from './letter.ts'

const NOW = at('2026-11-22T09:00:00Z')

function notice(more: Partial<Notice> = {}): Notice {
  return {
    id: 'n000000000000000000000001',
    kind: 'countdown',
    deprecation: 'content-generate',
    root: 'content-generate',
    api: 'partner',
    revision: 1,
    stage: 30,
    occurrence: 0,
    standsFor: undefined,
    sunset: '2026-12-20',
    movedFrom: undefined,
    customer: 'acme',
    address: 'dev@acme.example',
    language: 'en',
    zone: 'America/New_York',
    evidence: {
      asOf: NOW,
      state: 'active',
      calls: 12043,
      first: at('2026-08-01T06:00:00Z'),
      last: at('2026-11-22T03:04:00Z'),
      operations: [
        {
          api: 'partner',
          version: 'v1',
          operation: 'POST /v1/content/{}/generate',
          calls: 12043,
          first: at('2026-08-01T06:00:00Z'),
          last: at('2026-11-22T03:04:00Z'),
        },
      ],
      moreOperations: 0,
      agents: [{ agent: 'acme-sdk/3.1 (node)', calls: 12043 }],
      consumers: ['kong:consumer:acme'],
    },
    ...more,
  }
}

const world = (more: Partial<Deprecation> = {}, of = api()) => catalogue([of], [deprecation(more)], [customer('acme')])
const letter = (of: Notice = notice(), more: Partial<Deprecation> = {}, on = api()) =>
  composeLetter([of], world(more, on), NOW)
/** Lines joined again. */
const flat = (text: string) => text.replace(/\s+/g, ' ')
/** HTML as its reader sees it. */
const seen = (html: string) =>
  html
    .replace(/<style>[\s\S]*<\/style>|<title>[\s\S]*<\/title>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

t.test('a countdown letter says what, how much, until when, what then, what instead and whom to ask', t => {
  const { subject, text, html } = letter()
  t.equal(subject, '[partner] 28 days left: POST /v1/content/{id}/generate')
  for (const [what, says] of [
    ['the operation', /\* POST \/v1\/content\/\{id\}\/generate/],
    ['its calls', /12,043 calls/],
    [
      'first and last seen, in the contact’s zone and in UTC',
      /first seen 2026-08-01 02:00 America\/New_York \(06:00 UTC\), last seen 2026-11-21 22:04 America\/New_York \(2026-11-22 03:04 UTC\)/,
    ],
    ['the User-Agents', /acme-sdk\/3\.1 \(node\)/],
    ['the last day of service', /Last day of service: Saturday 19 December 2026 \(2026-12-19\)/],
    ['the instant, in the API’s zone', /Ends at: 2026-12-20 00:00 Europe\/Berlin \(2026-12-19 23:00 UTC\)/],
    ['and in the contact’s', /In your time zone: 2026-12-19 18:00 America\/New_York \(23:00 UTC\)/],
    ['days left', /Days left: 28 days/],
    ['why', /Why: Replaced by the asynchronous generator\./],
    ['the successor', /Use instead: POST \/v2\/content\/\{id\}\/generations/],
    ['the guide', /prompt → input\.prompt now inside input/],
    ['what happens then', /410 Gone, with a pointer to POST \/v2\/content/],
    ['whom to ask', /Write to support@partner\.example/],
    ['why you get it', /dev@acme\.example is a contact of acme/],
  ] as const) {
    t.match(flat(text), says, what)
  }
  for (const word of [
    '12,043 calls',
    'Saturday 19 December 2026',
    '28 days',
    'acme-sdk/3.1 (node)',
    '410 Gone',
    'input.prompt',
  ])
    t.ok(seen(html).includes(word), `HTML: ${word}`)
  t.end()
})

t.test('text and HTML say the same words', t => {
  const { text, html } = letter()
  const words = (of: string) => of.split(/[\s:=*_-]+/).filter(word => word !== '')
  const inHtml = new Set(words(seen(html)))
  t.same(
    words(text).filter(word => !inHtml.has(word)),
    [],
  )
  t.end()
})

t.test('the same values make the same letter, byte for byte', t => {
  t.same(letter(), letter())
  t.end()
})

t.test('text from a log cannot become markup, a link, a line or a header', t => {
  const evil =
    '<script>alert(1)</script>"\'><img src=x onerror=alert(1)> http://evil.example www.evil.example\r\nBcc: all@other.example\u202egnp\u0000'
  const base = notice().evidence
  const evidence = {
    ...base,
    agents: [{ agent: evil, calls: 1 }],
    operations: base.operations.map(one => ({ ...one, operation: `GET /${evil}` })),
    consumers: [`web:user:${evil}`],
  }
  const { subject, text, html } = letter(notice({ evidence, customer: evil, address: 'dev@acme.example' }))
  t.notMatch(html, /<script|<img|onerror=alert\(1\)>/)
  t.match(html, /&lt;script&gt;/)
  t.notMatch(html, /(href|src)="[^"]*evil/)
  t.notMatch(text, /^Bcc:/m)
  t.notMatch(text + html, /https?:\/\/evil|www\.evil/)
  t.notMatch(text + subject, /[\u0000\u202e\r]/)
  t.end()
})

t.test('a catalogue full of line breaks makes a subject of one line', t => {
  const thing = { kind: 'version', version: 'v1\r\nBcc: all@other.example' } as const
  const { subject } = letter(notice(), { thing, reason: 'x\r\ny' })
  t.notMatch(subject, /[\r\n]/)
  t.ok(subject.length <= 140)
  t.end()
})

t.test('the page loads nothing, runs nothing, fits a phone and keeps to the reader’s colours', t => {
  const { html } = letter()
  t.notMatch(html, /src=|url\(|@import|<link|<script|<form|<iframe/i)
  t.match(html, /<meta name="viewport" content="width=device-width, initial-scale=1">/)
  t.match(html, /color-scheme: light dark/)
  t.match(html, /<html lang="en">/)
  t.notMatch(html, /background|[^-]color: (?!light)/, 'no colours of its own for text and ground')
  t.end()
})

t.test('a date that is not the catalogue’s is refused, not sent', t => {
  t.throws(() => letter(notice({ sunset: '2026-12-21' })), /another sunset/)
  t.throws(() => letter(notice({ deprecation: 'gone' })), /not in the catalogue/)
  t.end()
})

const openings: readonly (readonly [NoticeKind, string, Partial<Notice>, Partial<Deprecation>, RegExp, RegExp])[] = [
  ['announcement', 'with a date', {}, {}, /ends after 19 December 2026$/, /Until that day nothing changes/],
  [
    'announcement',
    'without a date',
    { sunset: undefined },
    { sunset: undefined },
    /is deprecated$/,
    /it goes on working/,
  ],
  [
    'date-moved',
    'moved',
    { movedFrom: '2026-11-30' },
    {},
    /^\[partner\] New date/,
    /is to end on Monday 30 November 2026 \(2026-11-30\)\. That has moved/,
  ],
  ['date-moved', 'set', {}, {}, /Now with a date/, /no date had been set/],
  [
    'date-moved',
    'taken back',
    { sunset: undefined, movedFrom: '2026-12-20' },
    { sunset: undefined },
    /No end date any more/,
    /no longer holds/,
  ],
  [
    'digest',
    'quarterly',
    { sunset: undefined, occurrence: 2 },
    { sunset: undefined },
    /Still in use/,
    /deprecated since/,
  ],
  ['advice', 'without pressure', {}, {}, /Advice/, /nothing is due/],
  ['breaking-fix', 'in a preview', {}, {}, /Breaking fix/, /roll it out together/],
]
for (const [kind, when, more, thing, subject, text] of openings) {
  t.test(`${kind}, ${when}, says so in its subject and its first lines`, t => {
    const found = letter(notice({ kind, stage: undefined, ...more }), thing)
    t.match(found.subject, subject)
    t.match(flat(found.text), text)
    t.end()
  })
}

t.test('after the sunset the letter says how long ago, and what calls get now', t => {
  const late = composeLetter([notice({ kind: 'after-sunset', stage: -1 })], world(), at('2026-12-22T09:00:00Z'))
  t.match(late.subject, /has ended, and you still call it/)
  t.match(flat(late.text), /ended 2 days ago/)
  t.match(flat(late.text), /Now calls are answered with 410 Gone/)
  t.end()
})

t.test('one day left is one day', t => {
  t.match(composeLetter([notice({ stage: 1 })], world(), at('2026-12-19T09:00:00Z')).subject, /1 day left/)
  t.end()
})

t.test('a sleeping caller is asked to check, not told that it still calls', t => {
  const { text } = letter(notice({ evidence: { ...notice().evidence, state: 'sleeping' } }))
  t.match(flat(text), /Your last call was on 21 November 2026\. Your calls come at long intervals/)
  t.notMatch(flat(text), /You still call it/)
  t.end()
})

t.test('what a log cannot show is said plainly', t => {
  const { text } = letter(
    notice({ kind: 'announcement', evidence: { ...notice().evidence, calls: 0, operations: [], agents: [] } }),
    { thing: { kind: 'field', name: 'legacy_id' } },
  )
  t.match(flat(text), /cannot be seen in access logs/)
  t.match(text, /the field legacy_id/i)
  t.end()
})

t.test('a superseded version is not threatened with anything', t => {
  const of = api({ policy: policy({ withoutDate: 'superseded', afterSunset: 'unspecified' }) })
  const { text, subject } = letter(notice({ kind: 'announcement', sunset: undefined }), { sunset: undefined }, of)
  t.match(subject, /is superseded$/)
  t.notMatch(text, /410|days left/i)
  t.end()
})

t.test('a support address becomes Reply-To, a support page a link', t => {
  t.equal(letter().replyTo, 'support@partner.example')
  const page = letter(notice(), {}, api({ support: 'https://help.partner.example/v1' }))
  t.equal(page.replyTo, '')
  t.match(page.html, /href="https:\/\/help\.partner\.example\/v1"/)
  t.end()
})

t.test('many operations are cut with their number, many notices share one letter, the most urgent first', t => {
  const base = notice().evidence
  const { text } = letter(notice({ evidence: { ...base, moreOperations: 1203 } }))
  t.match(flat(text), /And 1,203 more operations/)
  const two = catalogue(
    [api()],
    [deprecation(), deprecation({ id: 'v0', thing: { kind: 'version', version: 'v0' }, sunset: undefined })],
    [customer('acme')],
  )
  const both = composeLetter(
    [notice({ id: 'n2', deprecation: 'v0', kind: 'digest', sunset: undefined, stage: undefined }), notice()],
    two,
    NOW,
  )
  t.match(both.subject, /28 days left: POST .* \(and 1 more\)/)
  t.ok(both.text.indexOf('28 days left') < both.text.indexOf('You still call version v0'))
  t.end()
})
