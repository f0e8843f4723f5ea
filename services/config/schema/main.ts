import Type from 'typebox'
import { customersSchema } from './customer.ts'
import { settingsSchema } from './settings.ts'
import { closed, line } from './words.ts'

const list = Type.Optional(Type.Array(Type.Unknown()))

/** What may be split over several files. Items are checked one by one, so that a fault in one hides no other. */
export const partSchema = Type.Object(
  { sources: list, apis: list, deprecations: list, changes: list, customers: Type.Optional(customersSchema) },
  closed,
)

/** The main file: the same sections, where the others stand, and the settings. */
export const mainSchema = Type.Object(
  { include: Type.Optional(Type.Array(line)), ...partSchema.properties, ...Type.Partial(settingsSchema).properties },
  closed,
)
