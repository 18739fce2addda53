import { factTables } from './facts.ts'
import type { Store } from './open.ts'
import { requireSealed, sealStore } from './seal.ts'

/**
 * Takes snapshots out of the store, and with them all rows that no other snapshot stands on. One transaction.
 * A collection's newest version stays as long as the collection is used: the next import is compared with it.
 */
export function pruneStore(store: Store, snapshots: readonly string[]): void {
  const remove = store.prepare('DELETE FROM _snapshot WHERE name = ?')
  store
    .transaction(() => {
      requireSealed(store)
      for (const name of snapshots) remove.run(name)
      removeGarbage(store)
      sealStore(store)
    })
    .immediate()
}

const UNUSED_COLLECTION = 'collection NOT IN (SELECT collection FROM _part_set)'
const NEEDLESS_VERSION = `NOT EXISTS (SELECT 1 FROM _part_set t WHERE t.collection = _version.collection AND t.seq = _version.seq)
  AND seq < (SELECT max(seq) FROM _version n WHERE n.collection = _version.collection)`

function removeGarbage(store: Store): void {
  const tables = factTables(store)
  for (const table of tables) store.exec(`DELETE FROM ${table} WHERE ${UNUSED_COLLECTION}`)
  store.exec(`DELETE FROM _version WHERE ${UNUSED_COLLECTION}`)
  const thinned = store
    .prepare(`DELETE FROM _version WHERE ${NEEDLESS_VERSION} RETURNING collection`)
    .pluck()
    .all() as number[]
  // Chains, rules and blocks go with their collection.
  store.exec('DELETE FROM _collection WHERE id NOT IN (SELECT collection FROM _version)')
  for (const collection of new Set(thinned)) removeUnseen(store, tables, collection)
  store.exec('DELETE FROM _shape WHERE id NOT IN (SELECT shape FROM _run WHERE shape IS NOT NULL)')
  store.exec('DELETE FROM _rule_form WHERE id NOT IN (SELECT form FROM _shape_rule)')
  store.exec('DELETE FROM _label WHERE id NOT IN (SELECT label FROM _chain_key WHERE label IS NOT NULL)')
  store.exec('DELETE FROM _rule_order WHERE id NOT IN (SELECT rule_order FROM _part_order)')
}

/** Rows of one collection whose interval holds no version any more. */
function removeUnseen(store: Store, tables: readonly string[], collection: number): void {
  const unseen = (row: string) =>
    `NOT EXISTS (SELECT 1 FROM _version v WHERE v.collection = @collection AND v.seq >= ${row}.since AND v.seq < ${row}.until)`
  const names = 'chain IN (SELECT id FROM _chain_key WHERE collection = @collection)'
  for (const table of tables)
    store.prepare(`DELETE FROM ${table} WHERE collection = @collection AND ${unseen(table)}`).run({ collection })
  store.prepare(`DELETE FROM _run WHERE ${names} AND ${unseen('_run')}`).run({ collection })
  store
    .prepare('DELETE FROM _chain_key WHERE collection = @collection AND id NOT IN (SELECT chain FROM _run)')
    .run({ collection })
}

/** Gives freed pages back to the disk when they are more than a tenth of the file. Readers go on reading meanwhile. */
export function shrinkStore(store: Store): void {
  const [free, all] = ['freelist_count', 'page_count'].map((name) => Number(store.pragma(name, { simple: true })))
  if (free! * 10 > all!) store.exec('VACUUM')
  store.pragma('wal_checkpoint(TRUNCATE)')
}
