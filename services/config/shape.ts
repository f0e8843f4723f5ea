import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { didYouMean } from './did-you-mean.ts'
import type { ConfigText, Path } from './documents.ts'
import { type Fault, fault, quoted } from './findings.ts'

interface ShapeOptions {
  /** Keys may be missing: the text extends another. */
  readonly partial?: boolean
}

/**
 * Holds a value against its schema and says everything that is wrong, each with its own line. (The schema library
 * stops after a few errors and names every branch of a union; people need all faults, and one each.)
 */
export function shapeFaults(
  schema: TSchema,
  value: unknown,
  text: ConfigText,
  path: Path = [],
  options: ShapeOptions = {},
): Fault[] {
  if (Type.IsObject(schema)) return objectFaults(schema, value, text, path, options)
  if (Type.IsArray(schema)) {
    if (!Array.isArray(value)) return [wrong(text, path, 'a list', value)]
    const least = 'minItems' in schema ? Number(schema.minItems) : 0
    if (value.length < least) return [wrong(text, path, `a list of at least ${least}`, value)]
    return value.flatMap((item, index) => shapeFaults(schema.items, item, text, [...path, index], options))
  }
  return Value.Check(schema, value) ? [] : [leafFault(schema, value, text, path)]
}

/** `value`, once `shapeFaults` found nothing in it. */
export function shaped<S extends TSchema>(schema: S, value: unknown): Static<S> | undefined {
  return Value.Check(schema, value) ? value : undefined
}

function objectFaults(
  schema: Type.TObject,
  value: unknown,
  text: ConfigText,
  path: Path,
  options: ShapeOptions,
): Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [wrong(text, path, `a set of keys (${Object.keys(schema.properties).slice(0, 6).join(', ')} …)`, value)]
  }
  const known = new Map(Object.entries(schema.properties))
  const faults: Fault[] = []
  for (const [key, inner] of Object.entries(value)) {
    const expected = known.get(key)
    if (expected === undefined) faults.push(unknownKey(key, known, text, [...path, key]))
    else faults.push(...shapeFaults(expected, inner, text, [...path, key], options))
  }
  if (options.partial === true) return faults
  for (const key of schema.required ?? []) {
    if (Object.hasOwn(value, key)) continue
    faults.push(
      fault(
        text.place(path),
        'LC_KEY_MISSING',
        `${where(path)}"${key}" is missing`,
        `Add it: it should be ${meaning(known.get(key))}.`,
      ),
    )
  }
  return faults
}

function unknownKey(key: string, known: ReadonlyMap<string, TSchema>, text: ConfigText, path: Path): Fault {
  const bare = key.slice(0, 80)
  if (known.has(`${key}-env`)) {
    return fault(
      text.place(path),
      'LC_SECRET_INLINE',
      `"${bare}" would hold a secret in the open`,
      `Put the secret into an environment variable and its name here as ${key}-env.`,
    )
  }
  const near = didYouMean(bare, known.keys())
  return fault(
    text.place(path),
    'LC_KEY_UNKNOWN',
    `unknown key "${bare}".${near}`,
    `Keys here: ${[...known.keys()].join(', ')}.`,
  )
}

function leafFault(schema: TSchema, value: unknown, text: ConfigText, path: Path): Fault {
  if (Type.IsString(schema) && typeof value === 'number') {
    return fault(
      text.place(path),
      'LC_VALUE',
      `${where(path)}${value} is a number here`,
      'Put it in quotes: it is a text.',
    )
  }
  const secret = 'secret' in schema && schema.secret === true
  if (secret)
    return fault(
      text.place(path),
      'LC_VALUE',
      `${where(path)}not what belongs here (not shown: it may be a secret)`,
      `It should be ${meaning(schema)}.`,
    )
  if (Type.IsEnum(schema) && typeof value === 'string') {
    return fault(
      text.place(path),
      'LC_VALUE',
      `${where(path)}unknown word ${quoted(value)}.${didYouMean(value, schema.enum.map(String))}`,
      `It should be ${meaning(schema)}.`,
    )
  }
  return wrong(text, path, meaning(schema), value)
}

const wrong = (text: ConfigText, path: Path, expected: string, value: unknown): Fault =>
  value === null
    ? fault(
        text.place(path),
        'LC_VALUE',
        `${where(path)}nothing is written here`,
        `It should be ${expected}; or leave the key out.`,
      )
    : fault(text.place(path), 'LC_VALUE', `${where(path)}${quoted(value)} does not fit`, `It should be ${expected}.`)

function meaning(schema: TSchema | undefined): string {
  if (schema === undefined) return 'given'
  if ('description' in schema && typeof schema.description === 'string') return schema.description
  if (Type.IsEnum(schema)) return `one of ${schema.enum.join(', ')}`
  if (Type.IsBoolean(schema)) return 'true or false'
  if (Type.IsArray(schema)) return `a list, each ${meaning(schema.items)}`
  if (Type.IsObject(schema)) return `a set of keys (${Object.keys(schema.properties).join(', ')})`
  return 'a text'
}

/** `apis.0.zone` → `zone: `; the line says the rest. */
function where(path: Path): string {
  const name = path.findLast(step => typeof step === 'string')
  return name === undefined ? '' : `${name}: `
}
