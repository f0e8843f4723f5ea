import type { Source } from '../../services/domain/catalogue.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Format } from './format.ts'
import { FORMAT_BY_NAME, FORMATS } from './formats.ts'
import { createJsonMap } from './json-map.ts'
import { LAYOUT_COMPILERS } from './layout/compile.ts'

/** The formats a source may be read as: the one it declares, all of them for `auto`. Throws LC_SOURCE_FORMAT. */
export function formatsOf(source: Source): readonly Format[] {
  if (source.format === 'auto') return FORMATS
  if (source.map !== undefined) return [createJsonMap(source.map)]
  const compile = LAYOUT_COMPILERS.get(source.format)
  if (compile !== undefined) return [compile(source.layout)]
  const format = FORMAT_BY_NAME.get(source.format)
  if (format === undefined) {
    throw new LcError(
      'LC_SOURCE_FORMAT',
      `Source ${source.id} names a format that does not exist: ${source.format}.`,
      'Use auto, or one of the names in docs/formats.md.',
      2,
    )
  }
  return [format]
}
