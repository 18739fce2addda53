import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { FLOWS_VIEW } from '../flows/schema.ts'
import { COMPUTED_INTENT } from '../intent/schema.ts'
import { publicViews } from './scope.ts'

export interface ViewDescription {
  readonly name: string
  readonly about: string
  readonly columns: readonly { readonly name: string; readonly about: string }[]
}

/** What each public view and column means: read from the comments that the store itself carries. */
export function describeViews(store: Store): ViewDescription[] {
  return tables(store).map((view) => describeView(store, view))
}

/** Throws: UserError where there is no such view, naming the ones there are. */
export function describeView(store: Store, name: string): ViewDescription {
  const computed = COMPUTED.get(name)
  const sql =
    computed ??
    (store.prepare("SELECT sql FROM main.sqlite_schema WHERE type = 'view' AND name = ?").pluck().get(name) as
      | string
      | undefined)
  if (sql === undefined) throw new UserError(`schema: no table ${name}; there are ${tables(store).join(', ')}`)
  const about = /^CREATE (?:TEMP )?VIEW \S+ AS -- (.*)$/m.exec(sql)?.[1] ?? ''
  const comments = new Map(
    [...sql.matchAll(/\bAS (\w+),? -- (.*)$/gm)].map(([, column, comment]) => [column!, comment!])
  )
  const columns =
    computed !== undefined
      ? [...comments.keys()]
      : (store.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name) as string[])
  return { name, about, columns: columns.map((column) => ({ name: column, about: comments.get(column) ?? '' })) }
}

/** Those that stand in no file: they are computed when they are asked for. */
const COMPUTED: ReadonlyMap<string, string> = new Map([['flows', FLOWS_VIEW], ...COMPUTED_INTENT])

function tables(store: Store): string[] {
  return [...publicViews(store), ...COMPUTED.keys()].sort()
}
