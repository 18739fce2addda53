import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { packageFolder } from '../package-folder.ts'
import { UserError } from '../problem.ts'
import { sealAll } from './seal.ts'

/** 'SNAP': marks the file as ours in the SQLite header, so that another program's database is never touched. */
export const APPLICATION_ID = 0x534e4150

/**
 * Brings a store to this program's schema: each numbered file of migrations/ once, each in a transaction of its
 * own with its number, and with the last of them new seals, so that a failure half-way leaves the schema before it. (Kysely's migrator cannot: its
 * SQLite dialect runs migrations outside of transactions.)
 */
export function migrate(database: Database, file: string, migrations: readonly string[] = readMigrations()): void {
  if (currentVersion(database, file, migrations.length) === migrations.length) return
  migrations.forEach((sql, index) => {
    const version = index + 1
    database
      .transaction(() => {
        // Asked again inside the lock: another process may have done it meanwhile.
        if (currentVersion(database, file, migrations.length) >= version) return
        addStep(database, file, sql, version)
        if (version === migrations.length) sealAll(database)
        database.pragma(`application_id = ${APPLICATION_ID}`)
        database.pragma(`user_version = ${version}`)
      })
      .immediate()
  })
}

/** A store that is what its number says takes each step. */
function addStep(database: Database, file: string, sql: string, version: number): void {
  try {
    database.exec(sql)
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_ERROR') throw error
    throw new UserError(
      `${file}: is not the store of schema ${version - 1} that it says it is (${(error as Error).message}): damaged, or changed by another program; use a copy, or import into a new one with --store`,
      { cause: error }
    )
  }
}

/** The text of each, in order: the schema of number N is what the first N make. */
export function readMigrations(): string[] {
  const folder = packageFolder('migrations')
  const files = readdirSync(folder).filter((name) => /^\d{3}-.*\.sql$/.test(name))
  return files.sort().map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** Throws: UserError for another program's database, a newer snap's, and a number that none has. */
export function currentVersion(database: Database, file: string, known: number): number {
  const version = database.pragma('user_version', { simple: true }) as number
  const application = database.pragma('application_id', { simple: true }) as number
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number
  if (application !== APPLICATION_ID && (tables > 0 || version > 0)) {
    throw new UserError(`${file}: is a SQLite database, but not one of snap's; name another file with --store`)
  }
  if (version < 0 || (version === 0 && tables > 0)) {
    throw new UserError(
      `${file}: is damaged: it says that it is of schema ${version}, which is none; import the archive into a new store`
    )
  }
  if (version > known) {
    throw new UserError(
      `${file}: was written by a newer snap (schema ${version}, this one knows up to ${known}); use that version`
    )
  }
  if (version < 0 || (version === 0 && tables > 0))
    throw new UserError(
      `${file}: says that it is of schema ${version}, which no snap writes: damaged, or changed by another program; use a copy, or import into a new one with --store`
    )
  return version
}

/** The schema version this program writes. */
export function latestVersion(): number {
  return readMigrations().length
}

/** Each table, view and index of a store, and how it was made. */
type Schema = ReadonlyMap<string, string | null>

function schemaOf(database: Database): Schema {
  const rows = database
    .prepare(
      "SELECT type || ' ' || name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    )
    .raw()
    .all() as [string, string | null][]
  return new Map(rows)
}

/** What the migrations make of an empty database. */
export function migratedSchema(empty: Database): Schema {
  migrate(empty, ':memory:')
  return schemaOf(empty)
}

/**
 * The tables, views and indexes of a store that are not as the migrations make them. A program that was never released may have written
 * another schema of the same number.
 */
export function schemaDifferences(store: Database, right: Schema): string[] {
  const there = schemaOf(store)
  return [...new Set([...right.keys(), ...there.keys()])].filter((object) => there.get(object) !== right.get(object))
}
