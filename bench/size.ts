/** How much a bench does. */
export interface Size {
  /** Lines of each format, and the bytes they may fill. */
  readonly lines: number
  readonly bytes: number
  /** Lines of the files that are read by processes. */
  readonly fileLines: number
  readonly kongLines: number
  /** Rows pushed in one run through the embedded path. */
  readonly rows: number
  readonly runs: number
  readonly embeddedRuns: number
  /** Each format in a process of its own, as it is in production; not for tests. */
  readonly apart: boolean
}

export const FULL: Size = {
  lines: 100_000,
  bytes: 32_000_000,
  fileLines: 1_000_000,
  kongLines: 100_000,
  rows: 200_000,
  runs: 5,
  embeddedRuns: 3,
  apart: true,
}
export const QUICK: Size = {
  ...FULL,
  lines: 30_000,
  bytes: 8_000_000,
  fileLines: 100_000,
  kongLines: 20_000,
  rows: 20_000,
  runs: 3,
}
export const TINY: Size = {
  lines: 20,
  bytes: 20_000,
  fileLines: 300,
  kongLines: 20,
  rows: 20,
  runs: 1,
  embeddedRuns: 1,
  apart: false,
}
