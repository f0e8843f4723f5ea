/** Text from a log is an attacker's: nothing in it may move a terminal's cursor or turn the line around. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, unit => `\\u{${unit.codePointAt(0)?.toString(16)}}`)
}
