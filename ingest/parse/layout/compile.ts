import type { TextFormat } from '../format.ts'
import { apacheLogFormat } from './apache-log-format.ts'
import { haproxyLogFormat } from './haproxy-log-format.ts'
import { nginxLogFormat } from './nginx-log-format.ts'

/** Formats whose layout the user brings along, by the name a source's `format` writes. */
export const LAYOUT_COMPILERS: ReadonlyMap<string, (layout: string) => TextFormat> = new Map([
  ['nginx-log-format', nginxLogFormat],
  ['apache-log-format', apacheLogFormat],
  ['haproxy-log-format', haproxyLogFormat],
])
