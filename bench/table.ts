import type { Spread } from './figure.ts'

/** A table in Markdown under its header line. */
export function table(header: string, rows: readonly (readonly string[])[]): string {
  const rule = header.replace(/[^|]+/g, ' --- ')
  return [header, rule, ...rows.map(row => `| ${row.join(' | ')} |`)].join('\n')
}

/** `1.23 (1.20–1.31)` */
export const number = ({ median, min, max }: Spread): string =>
  `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`

/** In thousands: `412 (390–420)` */
export const thousands = ({ median, min, max }: Spread): string =>
  `${Math.round(median / 1000)} (${Math.round(min / 1000)}–${Math.round(max / 1000)})`
