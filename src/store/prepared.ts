import type { Statement } from 'better-sqlite3'
import type { Store } from './open.ts'

const statements = new WeakMap<Store, Map<string, Statement>>()

/** A statement that is asked often, prepared once for each store; preparing takes longer than most answers. */
export function prepared(store: Store, sql: string): Statement {
  let known = statements.get(store)
  if (!known) statements.set(store, (known = new Map()))
  let statement = known.get(sql)
  if (!statement) known.set(sql, (statement = store.prepare(sql)))
  return statement
}
