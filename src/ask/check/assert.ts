import type { Store } from '../../store/open.ts'
import { loadSqlite } from '../../store/sqlite.ts'
import { fillNamed } from '../computed.ts'
import { type Gap, gapFinder } from './coverage.ts'
import type { Check } from './definition.ts'
import type { CheckResult } from './finding.ts'
import { findingsOf, lacking } from './run.ts'

/** One of the two snapshots that are compared; the store is scoped to it. */
export interface Side {
  readonly store: Store
  readonly snapshot: string
}

const SIDES = ['before', 'after'] as const

/** A check that names the schemas `before` or `after` is about two snapshots. */
export function comparesSnapshots({ sql }: Check): boolean {
  return SIDES.some((side) => tablesNamed(sql, side).length > 0)
}

/** Runs checks over two snapshots, each a schema with the tables of `snap schema`. Throws: UserError for a check that SQLite refuses. */
export function runAssertions(
  sides: { readonly before: Side; readonly after: Side },
  checks: readonly Check[]
): CheckResult[] {
  const both = new (loadSqlite())(':memory:')
  try {
    const statements = checks.map(statement).join('\n')
    for (const side of SIDES) {
      both.exec(`ATTACH ':memory:' AS ${side}`)
      copyTables(sides[side], both, side, statements)
    }
    const [before, after] = SIDES.map((side) => gapFinder(sides[side].store)) as [
      ReturnType<typeof gapFinder>,
      ReturnType<typeof gapFinder>
    ]
    return checks.map((check) => {
      const gaps = [
        ...before(check.needs).map((gap) => of(sides.before, gap)),
        ...after(check.needs).map((gap) => of(sides.after, gap))
      ]
      return { check, findings: findingsOf(both, check, lacking(gaps)), explained: [], gaps }
    })
  } finally {
    both.close()
  }
}

function of({ snapshot }: Side, gap: Gap): Gap {
  return { ...gap, subject: `${gap.subject} in ${snapshot}` }
}

/** Without its head, in which people write about other things. */
function statement({ sql }: Pick<Check, 'sql'>): string {
  return sql.replaceAll(/^--.*$/gm, '')
}

function tablesNamed(sql: string, side: string): string[] {
  return [
    ...new Set(
      [...statement({ sql }).matchAll(new RegExp(`\\b${side}\\.(\\w+)`, 'gi'))].map(([, table]) => table!.toLowerCase())
    )
  ]
}

/** Only the tables that are asked for: a snapshot's rules may be a million. A name that is no table is left for SQLite to refuse. */
function copyTables({ store, snapshot }: Side, both: Store, side: string, statements: string): void {
  const named = tablesNamed(statements, side)
  fillNamed(store, () => [snapshot], named.join(' '))
  const known = new Set(
    store
      .prepare("SELECT name FROM temp.sqlite_schema WHERE type IN ('view', 'table') AND name NOT GLOB '_*'")
      .pluck()
      .all()
  )
  for (const table of named.filter((name) => known.has(name))) {
    // As a JavaScript number 8080 would be inserted as 8080.0.
    const rows = store.prepare(`SELECT * FROM temp."${table}"`).raw().safeIntegers()
    const columns = rows.columns().map(({ name }) => `"${name}"`)
    both.exec(`CREATE TABLE ${side}."${table}" (${columns.join(', ')})`)
    const insert = both.prepare(`INSERT INTO ${side}."${table}" VALUES (${columns.map(() => '?').join(', ')})`)
    both.transaction(() => {
      for (const row of rows.iterate() as Iterable<unknown[]>) insert.run(...row)
    })()
  }
}
