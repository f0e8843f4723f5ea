import { countdown } from '../../services/countdown/countdown.ts'
import type { Api, Catalogue, Deprecation, Thing } from '../../services/domain/catalogue.ts'
import type { Notice } from '../../services/domain/notice.ts'
import { visible } from './visible.ts'

/** What a notice may speak of: the notice, and the catalogue as it is now. Every date comes from the catalogue. */
export interface View {
  readonly notice: Notice
  readonly deprecation: Deprecation
  readonly api: Api
  /** `POST /v1/content/{id}/generate`, `version v1`. */
  readonly thing: string
  /** '' when there is none. */
  readonly successor: string
  /** Calendar days in the API's zone; undefined without a sunset. */
  readonly daysLeft: number | undefined
  /** YYYY-MM-DD, undefined without a sunset. */
  readonly lastDay: string | undefined
  /** The instant of the sunset, milliseconds UTC. */
  readonly offFrom: number | undefined
  /** False where an access log cannot show its use (a field, an error code). */
  readonly observable: boolean
}

/** `now` is milliseconds UTC. Throws where the notice's deprecation is not in the catalogue: it must not be written then. */
export function viewOf(notice: Notice, catalogue: Catalogue, now: number): View {
  const deprecation = catalogue.deprecations.get(notice.deprecation)
  const api = catalogue.apis.get(notice.api)
  if (deprecation === undefined || api === undefined)
    throw new Error(`notice ${notice.id} speaks of ${notice.deprecation}, which is not in the catalogue`)
  if (deprecation.sunset?.date !== notice.sunset)
    throw new Error(`notice ${notice.id} tells another sunset than the catalogue`)
  const { daysLeft, lastDay } = countdown(deprecation, api.policy, api.zone, now)
  return {
    notice,
    deprecation,
    api,
    thing: thingName(deprecation.thing),
    successor: deprecation.successor === undefined ? '' : thingName(deprecation.successor),
    daysLeft: daysLeft ?? undefined,
    lastDay: lastDay ?? undefined,
    offFrom: deprecation.sunset === undefined ? undefined : Date.parse(deprecation.sunset.instant),
    observable: deprecation.thing.kind === 'operation' || deprecation.thing.kind === 'version',
  }
}

/** A thing as its callers know it. */
export function thingName(thing: Thing): string {
  switch (thing.kind) {
    case 'operation':
      return visible(`${thing.method} ${thing.template}`, 200)
    case 'version':
      return visible(`version ${thing.version}`, 60)
    case 'field':
      return visible(`the field ${thing.name}`, 120)
    case 'error-code':
      return visible(`the error code ${thing.name}`, 120)
  }
}
