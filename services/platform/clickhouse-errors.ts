import { LcError } from '../domain/errors.ts'

/**
 * What a failed statement means for whoever sent it. `data`: these rows will never go in. `schema`: the tables,
 * rights or our statement are wrong, nothing goes in until a person acts. `busy`: try the same again.
 */
export type FaultKind = 'data' | 'schema' | 'busy'

/** ClickHouse error numbers that only the rows themselves can cause (ErrorCodes.cpp). */
const DATA = new Set([
  6, // CANNOT_PARSE_TEXT
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  36, // BAD_ARGUMENTS: a dictionary or a type name in the block that means nothing
  49, // LOGICAL_ERROR raised by the reader of a malformed block
  50, // UNKNOWN_TYPE
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  246, // CORRUPTED_DATA
  261, // UNKNOWN_BLOCK_INFO_FIELD
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  407, // DECIMAL_OVERFLOW
  469, // VIOLATED_CONSTRAINT
  691, // UNKNOWN_ELEMENT_OF_ENUM
])

/** Error numbers that say the statement, the tables or the rights are wrong. */
const SCHEMA = new Set([
  10, 16, 20, 36, 44, 46, 47, 48, 57, 60, 62, 80, 81, 115, 164, 192, 193, 194, 291, 452, 456, 457, 497, 516, 524, 764,
])

export interface ClickHouseFault extends LcError {
  readonly kind: FaultKind
  /** ClickHouse's error number, 0 when it never answered. */
  readonly number: number
}

class Fault extends LcError implements ClickHouseFault {
  readonly kind: FaultKind
  readonly number: number
  constructor(code: `LC_${string}`, message: string, todo: string, kind: FaultKind, number: number, cause: unknown) {
    super(code, message, todo, 3, { cause })
    this.kind = kind
    this.number = number
  }
}

/**
 * Any failure of a statement as an LcError with its kind. `rows` says that the statement carried rows: only then
 * can they be at fault. Messages are cut: ClickHouse repeats the statement in some.
 */
export function clickHouseFault(error: unknown, rows: boolean): ClickHouseFault {
  if (error instanceof Fault) return error
  const number = errorNumber(error)
  const message = error instanceof Error ? error.message : String(error)
  const said = message.slice(0, 400)
  // Whatever a reader of rows stumbles over lies in the rows: a type's name cut in two is a SYNTAX_ERROR.
  if (rows && (DATA.has(number) || (SCHEMA.has(number) && message.includes('While executing Native')))) {
    return new Fault(
      'LC_STORE_REFUSED',
      `ClickHouse refuses rows (${number}): ${said}`,
      'The rows are found and set aside; see: lastcall dead list',
      'data',
      number,
      error,
    )
  }
  if (SCHEMA.has(number)) {
    return new Fault(
      'LC_STORE_SCHEMA',
      `ClickHouse refuses a statement (${number}): ${said}`,
      'Run `lastcall migrate`, and check the rights of the ClickHouse user.',
      'schema',
      number,
      error,
    )
  }
  return new Fault(
    'LC_STORE_DOWN',
    `ClickHouse does not answer (${number === 0 ? 'no connection' : number}): ${said}`,
    'Check that ClickHouse runs and has disk and memory; nothing is lost, the store goes on by itself.',
    'busy',
    number,
    error,
  )
}

/** ClickHouse's own number of a fault thrown by the port; 0 when it has none. */
export function faultNumber(error: unknown): number {
  return error instanceof Fault ? error.number : 0
}

/** ClickHouse's error number, 0 when there is none. By shape: chdb throws `client-common`'s class, the client its own. */
function errorNumber(error: unknown): number {
  if (!(error instanceof Error) || !('code' in error) || !('type' in error) || typeof error.code !== 'string') return 0
  return /^\d{1,5}$/.test(error.code) ? Number(error.code) : 0
}

/** The kind of a fault thrown by the ClickHouse port; anything else is `undefined`: a bug, not a surrounding. */
export function faultKind(error: unknown): FaultKind | undefined {
  return error instanceof Fault ? error.kind : undefined
}
