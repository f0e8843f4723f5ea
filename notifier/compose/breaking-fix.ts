import type { Kind } from './kind.ts'

/** A breaking fix in a preview: told at once to those it touches, and rolled out with them. */
export const breakingFix: Kind = ({ thing, api }) => ({
  subject: `Breaking fix: ${thing}`,
  title: `${thing} changes in a way that can break your calls`,
  lead: [
    `${thing} of ${api.id} is in preview and needs a fix that is not compatible. You call it: please answer this letter, so that we roll it out together.`,
  ],
})
