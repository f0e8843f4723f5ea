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
  /** Schema of the newest block in the range. */
  readonly schema: number
  /** Which constants cut inserts into blocks of ClickHouse: INSERT_SETTINGS of that version. */
  readonly settings: number
  /** W, milliseconds. */
  readonly window: number
  /** When it was pinned, milliseconds UTC: an old pin is refused, its token may be forgotten. */
  readonly at: number
  readonly aside: readonly Origin[]
}

/** Kafka takes at most 4,096 characters of metadata. */
const MOST_CHARACTERS = 4_000

/** As text. Throws LC_PIN_SIZE when too many rows are set aside for it to hold. */
export function writePin(pin: Pin): string {
  const aside = pin.aside.map(({ offset, row }) => `${offset}.${row}`).join(',')
  const text = `p1 ${pin.last} ${pin.schema} ${pin.settings} ${pin.window} ${pin.at} ${aside}`
  if (text.length > MOST_CHARACTERS) throw new LcError('LC_PIN_SIZE', `${pin.aside.length} rows of one range are refused by ClickHouse.`, 'So many at once is a fault of the tables or of a deploy, not of the rows: see the log.')
  return text
}

/** '' is no pin. Throws LC_PIN_UNREADABLE: a newer version wrote it. */
export function readPin(text: string): Pin | undefined {
  if (text === '') return undefined
  const [mark, last = '', schema, settings, window, at, aside = ''] = text.split(' ')
  if (mark !== 'p1' || !/^\d+$/.test(last)) {
    throw new LcError('LC_PIN_UNREADABLE', 'The committed offset carries a pin this version cannot read.', 'Run the version that wrote it until it has stored the range, then this one.')
  }
  return {
    last: BigInt(last),
    schema: Number(schema),
    settings: Number(settings),
    window: Number(window),
    at: Number(at),
    aside: aside === '' ? [] : aside.split(',').map(origin),
  }
}

function origin(text: string): Origin {
  const [offset = '0', row = '0'] = text.split('.')
  return { offset: BigInt(offset), row: Number(row) }
}
