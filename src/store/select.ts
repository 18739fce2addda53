import {
  type Compilable,
  DummyDriver,
  type InferResult,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler
} from 'kysely'
import type { Store } from './open.ts'
import type { Views } from './views.ts'

/**
 * Typed queries over the public views. Kysely only compiles them: the store is synchronous, and an offline command
 * gains nothing from waiting.
 */
export const views = new Kysely<Views>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler()
  }
})

/** Runs a query composed with `views` and returns all its rows. */
export function select<Query extends Compilable<unknown>>(store: Store, query: Query): InferResult<Query> {
  const { sql, parameters } = query.compile()
  return store.prepare(sql).all(...parameters) as InferResult<Query>
}
