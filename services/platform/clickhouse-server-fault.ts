/** ClickHouse's numbers that it answers with another status than 500 (HTTPHandler, exceptionCodeToHTTPStatus). */
const STATUS = new Map([
  [62, 400],
  [6, 400],
  [27, 400],
  [36, 400],
  [38, 400],
  [41, 400],
  [43, 400],
  [44, 400],
  [46, 404],
  [47, 404],
  [53, 400],
  [60, 404],
  [72, 400],
  [73, 400],
  [81, 404],
  [115, 404],
  [159, 408],
  [164, 403],
  [194, 401],
  [202, 503],
  [456, 400],
  [497, 403],
  [516, 403],
  [344, 501],
  [48, 501],
])

/** A refusal in ClickHouse's own words: number, name and text as a server answers them over HTTP. */
export class ServerFault extends Error {
  readonly number: number
  readonly status: number

  constructor(number: number, name: string, said: string, status = STATUS.get(number) ?? 500) {
    super(said.startsWith('Code: ') ? said : `Code: ${number}. DB::Exception: ${said}. (${name})`)
    this.number = number
    this.status = status
  }

  /** What chdb threw, as what a server would have answered. */
  static of(error: unknown): ServerFault {
    if (error instanceof ServerFault) return error
    const said = error instanceof Error ? error.message : String(error)
    const number = Number(/Code: (\d{1,5})\./.exec(said.slice(0, 1_000))?.[1] ?? 1001)
    return number === 1001 && !said.startsWith('Code: ')
      ? new ServerFault(1001, 'STD_EXCEPTION', said.slice(0, 4_000))
      : new ServerFault(number, '', said.slice(said.indexOf('Code: '), said.indexOf('Code: ') + 16_000))
  }
}
