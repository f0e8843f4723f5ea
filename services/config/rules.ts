import type { Rule } from './draft.ts'
import { breakingChange } from './rules/breaking-change.ts'
import { changeClass } from './rules/change-class.ts'
import { consumerRealm } from './rules/consumer-realm.ts'
import { duplicateId } from './rules/duplicate-id.ts'
import { hostTwice } from './rules/host-twice.ts'
import { minimumNotice } from './rules/minimum-notice.ts'
import { openapiDeprecated } from './rules/openapi-deprecated.ts'
import { operationKnown } from './rules/operation-known.ts'
import { renamedFrom } from './rules/renamed-from.ts'
import { requiredParts } from './rules/required-parts.ts'
import { selectorAllowed } from './rules/selector-allowed.ts'
import { sunsetBeforeAnnouncement } from './rules/sunset-before-announcement.ts'
import { templateTwice } from './rules/template-twice.ts'
import { thingTwice } from './rules/thing-twice.ts'
import { uncommittedSunset } from './rules/uncommitted-sunset.ts'

/** Every rule that judges parts of a catalogue against each other. What one part shows alone is judged where it is read. */
export const RULES: readonly Rule[] = [
  duplicateId,
  hostTwice,
  selectorAllowed,
  thingTwice,
  renamedFrom,
  templateTwice,
  operationKnown,
  openapiDeprecated,
  sunsetBeforeAnnouncement,
  uncommittedSunset,
  minimumNotice,
  requiredParts,
  changeClass,
  breakingChange,
  consumerRealm,
]
