/**
 * Text from a log is an attacker's text: what cannot be seen (control characters, marks that turn the direction of
 * writing, zero-width characters) becomes U+FFFD, and it is cut at `max` code points. One line in, one line out.
 */
export function visible(text: string, max: number): string {
  const one = text.toWellFormed().replace(UNSEEN, '\uFFFD')
  const points = [...one.slice(0, max * 2)]
  return points.length > max || one.length > max * 2 ? `${points.slice(0, max - 1).join('')}…` : one
}

/** The same, and no mail client makes a link of it: `://` and `www.` are broken up in the usual way. */
export function harmless(text: string, max: number): string {
  return visible(text, max)
    .replaceAll('://', '[:]//')
    .replace(/www\./gi, match => `${match.slice(0, 3)}[.]`)
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
