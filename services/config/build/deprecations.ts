import { didYouMean } from '../did-you-mean.ts'
import type { DraftApi, DraftDeprecation } from '../draft.ts'
import { fault } from '../findings.ts'
import { judge, type Raw } from '../item.ts'
import type { Reader } from '../reader.ts'
import { deprecationSchema } from '../schema/api.ts'
import { readDate, readSunset } from './dates.ts'
import { readThing } from './things.ts'

/** A deprecation and the id of the API it stands inside, when it does. */
export interface RawDeprecation {
  readonly raw: Raw
  readonly inside: string | undefined
}

/** One deprecation, its dates read in its API's zone. `apis` holds every API that could be read. */
export function buildDeprecation(
  { raw, inside }: RawDeprecation,
  apis: ReadonlyMap<string, DraftApi>,
  known: ReadonlySet<string>,
  reader: Reader,
): DraftDeprecation | undefined {
  const { findings } = reader
  const item = judge(deprecationSchema, raw, findings)
  if (item === undefined) return undefined
  const { value, at } = item
  const named = inside ?? value.api
  if (inside !== undefined && value.api !== undefined && value.api !== inside) {
    findings.push(
      fault(
        at('api'),
        'LC_API_UNKNOWN',
        `it stands inside the API "${inside}" and names "${value.api}"`,
        'Take api out, or move it.',
      ),
    )
  }
  if (named === undefined)
    findings.push(fault(at(), 'LC_API_UNKNOWN', 'no API is named', 'Add api: the id of its API.'))
  else if (!known.has(named))
    findings.push(
      fault(
        at('api'),
        'LC_API_UNKNOWN',
        `there is no API "${named}".${didYouMean(named, known)}`,
        'Name one that is declared.',
      ),
    )
  const api = named === undefined ? undefined : apis.get(named)
  const zone = api?.zone ?? 'UTC'
  return {
    item,
    id: value.id,
    api,
    thing: readThing(value.thing, (...path) => at('thing', ...path), findings),
    successor:
      value.successor === undefined
        ? undefined
        : readThing(value.successor, (...path) => at('successor', ...path), findings),
    announced: readDate(value.announced, at('announced'), findings),
    retirement:
      value.retirement === undefined
        ? undefined
        : readDate(value.retirement.announced, at('retirement', 'announced'), findings),
    sunset: value.sunset === undefined ? undefined : readSunset(value.sunset, zone, at('sunset'), findings),
  }
}
