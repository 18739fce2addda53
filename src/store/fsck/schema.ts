import { migratedSchema, schemaDifferences } from '../migrate.ts'
import type { Store } from '../open.ts'
import { loadSqlite } from '../sqlite.ts'
import type { StoreProblem } from './problem.ts'

/** Tables and views that are not as the migrations make them: an answer rests on these too. */
export function schemaProblems(store: Store): StoreProblem[] {
  right ??= made()
  return schemaDifferences(store, right).map((object) => ({ object, message: 'is not as snap makes it' }))
}

let right: ReturnType<typeof migratedSchema> | undefined

function made(): ReturnType<typeof migratedSchema> {
  const empty = new (loadSqlite())(':memory:')
  try {
    return migratedSchema(empty)
  } finally {
    empty.close()
  }
}
