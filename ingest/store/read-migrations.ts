import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LcError } from '../../services/domain/errors.ts'

/** One file of migrations/, numbered; applied once, in order, and never changed afterwards. */
export interface Migration {
  readonly name: string
  /** SHA-256 of the file, hex. */
  readonly checksum: string
  readonly statements: readonly string[]
}

export const MIGRATIONS = join(import.meta.dirname, 'migrations')

/** All migrations in order. Throws LC_MIGRATION_NUMBER when two files bear one number or a name has none. */
export async function readMigrations(folder: string = MIGRATIONS): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const numbers = names.map(name => /^\d{4}(?=_[a-z0-9_]+\.sql$)/.exec(name)?.[0])
  if (numbers.includes(undefined) || new Set(numbers).size !== names.length) {
    throw new LcError(
      'LC_MIGRATION_NUMBER',
      `Migrations are not numbered one by one: ${names.join(', ')}.`,
      'Name each file 0001_what.sql, with a number of its own.',
    )
  }
  return Promise.all(names.map(async name => readMigration(name, await readFile(join(folder, name), 'utf8'))))
}

function readMigration(name: string, sql: string): Migration {
  const statements = sql
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
  return { name, checksum: createHash('sha256').update(sql).digest('hex'), statements: statements.map(repeatable) }
}

/** A statement that ran without being recorded (killed in between) must pass when it runs again. */
function repeatable(statement: string): string {
  return statement
    .replace(/^CREATE (TABLE|MATERIALIZED VIEW) (?!IF NOT EXISTS)/, 'CREATE $1 IF NOT EXISTS ')
    .replace(/^DROP (TABLE|VIEW) (?!IF EXISTS)/, 'DROP $1 IF EXISTS ')
    .replace(/^(ALTER TABLE \w+ ADD COLUMN) (?!IF NOT EXISTS)/, '$1 IF NOT EXISTS ')
}
