import { LcError } from '../../services/domain/errors.ts'

/** One row of a block that is left out because ClickHouse refuses it. */
export interface Origin {
  readonly offset: bigint
  readonly row: number
}

/**
 * What is written beside the committed offset before a range is inserted: everything an insert must do alike when it
 * is done again. The range is [committed offset, last].
 */
export interface Pin {
  readonly last: bigint
  /** Schema of the store that cut the range: which columns the insert names. */
  readonly schema: number
  /** Which constants cut inserts into blocks of ClickHouse: INSERT_SETTINGS of that version. */
  readonly settings: number
  /** W, milliseconds. */
  readonly window: number
  /** When it was pinned, milliseconds UTC: an old pin is refused, its token may be forgotten. */
  readonly at: number
  /** Rows set aside, in the order of the log. */
  readonly aside: readonly Origin[]
}

/** Kafka takes at most 4,096 characters of metadata (broker setting offset.metadata.max.bytes). */
const MOST_CHARACTERS = 4_000

/** As text; undefined when too many rows are set aside for it to hold: the range must be cut shorter. */
export function writePin(pin: Pin): string | undefined {
  const text = `p1 ${pin.last} ${pin.schema} ${pin.settings} ${pin.window} ${pin.at} ${writeAside(pin)}`
  return text.length > MOST_CHARACTERS ? undefined : text
}

/** '' is no pin. Throws LC_PIN_UNREADABLE: a newer version wrote it. */
export function readPin(text: string): Pin | undefined {
  if (text === '') return undefined
  const form = /^p1 (\d{1,20}) (\d{1,6}) (\d{1,6}) (\d{1,15}) (\d{1,15}) ([\d:,+-]*)$/.exec(text)
  if (form === null) throw unreadable()
  const [, last = '', schema, settings, window, at, aside = ''] = form
  return {
    last: BigInt(last),
    schema: Number(schema),
    settings: Number(settings),
    window: Number(window),
    at: Number(at),
    aside: readAside(aside, BigInt(last)),
  }
}

export function unreadable(): LcError {
  return new LcError(
    'LC_PIN_UNREADABLE',
    'The committed offset carries a pin this version cannot repeat.',
    'Run the version that wrote it until it has stored the range, then this one.',
  )
}

/** `3:0-4+9,0:7`: three blocks before the last, rows 0 to 4 and 9; in the last, row 7. */
function writeAside(pin: Pin): string {
  const byBlock = new Map<bigint, number[]>()
  for (const { offset, row } of pin.aside) {
    const rows = byBlock.get(offset)
    if (rows === undefined) byBlock.set(offset, [row])
    else rows.push(row)
  }
  return [...byBlock].map(([offset, rows]) => `${pin.last - offset}:${runs(rows)}`).join(',')
}

function runs(rows: readonly number[]): string {
  const written: string[] = []
  for (let at = 0; at < rows.length; ) {
    const first = rows[at] ?? 0
    let end = at
    while (rows[end + 1] === first + (end + 1 - at)) end += 1
    written.push(end === at ? `${first}` : `${first}-${rows[end]}`)
    at = end + 1
  }
  return written.join('+')
}

function readAside(text: string, last: bigint): Origin[] {
  if (text === '') return []
  return text.split(',').flatMap(block => {
    const [back = '', rows = ''] = block.split(':')
    const offset = last - BigInt(back)
    return rows.split('+').flatMap(run => {
      const [first = '', end = first] = run.split('-')
      return Array.from({ length: Number(end) - Number(first) + 1 }, (_, i) => ({ offset, row: Number(first) + i }))
    })
  })
}
