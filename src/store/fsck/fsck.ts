import { recomputedHash } from '../facts.ts'
import type { Store } from '../open.ts'
import { numberOf } from '../versions.ts'
import { formProblems } from './forms.ts'
import { intervalProblems } from './intervals.ts'
import { orderProblems } from './orders.ts'
import { named, type StoredVersion, type StoreProblem } from './problem.ts'
import { ruleProblems } from './rules.ts'
import { schemaProblems } from './schema.ts'
import { sealProblems } from './seals.ts'

/** Verifies the store: SQLite's own checks, every reference, every hash recomputed from the rows. Reads all of it. */
export function fsck(store: Store): StoreProblem[] {
  return [
    sqliteProblems,
    schemaProblems,
    sealProblems,
    intervalProblems,
    versionProblems,
    formProblems,
    stateProblems
  ].flatMap((problems) => {
    try {
      return problems(store)
    } catch (error) {
      return [{ object: 'store', message: `cannot be read: ${(error as Error).message}` }]
    }
  })
}

function sqliteProblems(store: Store): StoreProblem[] {
  const integrity = (store.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check)
  const foreign = store.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]
  return [
    ...integrity.filter((message) => message !== 'ok').map((message) => ({ object: 'file', message })),
    ...foreign.map(({ table, rowid, parent }) => ({
      object: `table ${table}`,
      message: `row ${rowid ?? ''} refers to a row of ${parent} that is not there`
    }))
  ]
}

function versionProblems(store: Store): StoreProblem[] {
  const versions = store
    .prepare(
      'SELECT v.collection, v.seq, v.hash, v.number, c.scope FROM _version v JOIN _collection c ON c.id = v.collection ORDER BY v.collection, v.seq'
    )
    .all() as StoredVersion[]
  const hasChains = store.prepare('SELECT 1 FROM _chain_name WHERE collection = ? LIMIT 1')
  return versions.flatMap((version, index) => {
    const newest = versions[index + 1]?.collection !== version.collection
    const misnumbered =
      version.number === numberOf(version.hash)
        ? []
        : [{ object: named(version), message: 'its number is not that of its hash' }]
    if (hasChains.get(version.collection)) return [...misnumbered, ...ruleProblems(store, version, newest)]
    const same = recomputedHash(store, version)?.equals(version.hash)
    return same
      ? misnumbered
      : [{ object: named(version), message: 'its rows are not those that were imported: their hash is another' }]
  })
}

/** Counters and orders, which belong to one dump. */
function stateProblems(store: Store): StoreProblem[] {
  const bad = store
    .prepare(
      'SELECT DISTINCT part FROM _counter WHERE NOT json_valid(counts) OR json_array_length(counts) > 128 OR json_array_length(counts) % 2'
    )
    .pluck()
    .all()
  // A run that its dump's version has, and in it as many rules as are counted.
  const orphans = store
    .prepare(
      `SELECT DISTINCT k.part FROM _counter k LEFT JOIN _run r ON r.id = k.run WHERE json_valid(k.counts) AND (
       (SELECT count(*) FROM _shape_rule s WHERE s.shape = r.shape) * 2 < json_array_length(k.counts)
       OR NOT EXISTS (SELECT 1 FROM _chain_name n JOIN _part_set t ON t.collection = n.collection
         WHERE n.id = r.chain AND t.part = k.part AND r.since <= t.seq AND t.seq < r.until))`
    )
    .pluck()
    .all()
  const policies = store
    .prepare(
      `SELECT DISTINCT k.part FROM _policy_counter k WHERE NOT EXISTS (
       SELECT 1 FROM _part_set t JOIN _chain_name n ON n.collection = t.collection AND n.chain = k.chain AND n.table_name = k.table_name
       JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until WHERE t.part = k.part AND c.policy IS NOT NULL)`
    )
    .pluck()
    .all()
  return [
    ...orderProblems(store),
    ...policies.map((part) => ({ object: `part ${part}`, message: 'counters of a policy that is not there' })),
    ...bad.map((part) => ({ object: `part ${part}`, message: 'counters that cannot be read' })),
    ...orphans.map((part) => ({ object: `part ${part}`, message: 'counters of rules that are not there' }))
  ]
}
