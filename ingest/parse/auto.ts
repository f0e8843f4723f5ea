import type { JsonFormat, JsonObject, TextFormat } from './format.ts'

/**
 * Finds a record's format by asking each whether it is plainly its own. The last one found is asked first, which is
 * what makes it fast; as no two formats know the same record, it changes no answer.
 */
export class Recogniser {
  readonly #texts: readonly TextFormat[]
  readonly #objects: readonly JsonFormat[]
  #lastText: TextFormat | undefined
  #lastObject: JsonFormat | undefined

  constructor(formats: readonly (TextFormat | JsonFormat)[]) {
    this.#texts = formats.filter(format => format.kind === 'text')
    this.#objects = formats.filter(format => format.kind === 'json')
  }

  text(line: string): TextFormat | undefined {
    const last = this.#lastText
    if (last?.recognises(line)) return last
    for (const format of this.#texts) {
      if (format === last || !format.recognises(line)) continue
      this.#lastText = format
      return format
    }
    return undefined
  }

  object(value: JsonObject): JsonFormat | undefined {
    const last = this.#lastObject
    if (last?.recognises(value)) return last
    for (const format of this.#objects) {
      if (format === last || !format.recognises(value)) continue
      this.#lastObject = format
      return format
    }
    return undefined
  }
}
