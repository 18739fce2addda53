import { factTables } from '../facts.ts'
import type { Store } from '../open.ts'
import { LIVE } from '../versions.ts'
import type { StoreProblem } from './problem.ts'

/** Rows that stand in no versions that there can be. */
export function intervalProblems(store: Store): StoreProblem[] {
  return [
    ...factTables(store).flatMap((table) => ofTable(store, table, `(SELECT *, collection AS of FROM ${table})`)),
    ...ofTable(store, '_run', '(SELECT r.*, n.collection AS of FROM _run r LEFT JOIN _chain_key n ON n.id = r.chain)')
  ]
}

function ofTable(store: Store, table: string, rows: string): StoreProblem[] {
  const newest = 'coalesce((SELECT max(v.seq) FROM _version v WHERE v.collection = x.of), 0)'
  const count = (wrong: string) =>
    store.prepare(`SELECT count(*) FROM ${rows} x WHERE ${wrong}`).pluck().get() as number
  const turned = count('x.since < 1 OR x.until <= x.since')
  const beyond = count(`x.since > ${newest} OR (x.until > ${newest} AND x.until <> ${LIVE})`)
  return [
    ...(turned > 0 ? [{ object: `table ${table}`, message: `${turned} rows end before they begin` }] : []),
    ...(beyond > 0 ? [{ object: `table ${table}`, message: `${beyond} rows are of versions that are not there` }] : [])
  ]
}
