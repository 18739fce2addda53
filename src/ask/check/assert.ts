import type { Store } from '../../store/open.ts'
import { loadSqlite } from '../../store/sqlite.ts'
import { fillNamed } from '../computed.ts'
import { apart, scopeTo } from '../sql/scope.ts'
import { type Gap, gapFinder } from './coverage.ts'
import type { Check } from './definition.ts'
import type { CheckResult } from './finding.ts'
import { findingsOf } from './run.ts'

/** One of the two snapshots that are compared. */
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
    const [before, after] = SIDES.map((side) => {
      both.exec(`ATTACH ':memory:' AS ${side}`)
      return copySide(sides[side], both, side, checks)
    }) as [Gap[][], Gap[][]]
    return checks.map((check, index) => {
      const gaps = [...before[index]!, ...after[index]!]
      return { check, findings: findingsOf(both, check, gaps), explained: [], gaps }
    })
  } finally {
    both.close()
  }
}

/** Its tables as a schema of `both`; returns what each check lacks of it. */
function copySide(of: Side, both: Store, side: string, checks: readonly Check[]): Gap[][] {
  return apart(of.store, () => {
    scopeTo(of.store, of.snapshot)
    copyTables(of, both, side, checks.map(statement).join('\n'))
    const gaps = gapFinder(of.store)
    return checks.map(({ needs }) => gaps(needs).map((gap) => named(of, gap)))
  })
}

function named({ snapshot }: Side, gap: Gap): Gap {
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
