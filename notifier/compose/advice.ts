import type { Kind } from './kind.ts'

/** Advice without pressure: nothing ends, but there is a better way to call. */
export const advice: Kind = ({ thing, api }) => ({
  subject: `Advice: ${thing}`,
  title: `A word about how you call ${thing}`,
  lead: [
    `Nothing ends and nothing is due. These calls to ${thing} of ${api.id} would be safer another way; what we suggest stands below.`,
  ],
})
