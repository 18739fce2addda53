import type { Store } from '../../store/open.ts'

/** The views people query, by name. */
export function publicViews(store: Store): string[] {
  return store
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'view' AND name NOT GLOB '_*' ORDER BY name")
    .pluck()
    .all() as string[]
}

/**
 * Makes every public view show one snapshot only, for this connection: a temporary view of the same name goes before
 * the one in the file. Nothing is written to the store.
 */
export function scopeTo(store: Store, snapshot: string): void {
  for (const view of publicViews(store)) {
    store.exec(
      `CREATE TEMP VIEW "${view}" AS SELECT * FROM main."${view}" WHERE snapshot = '${snapshot.replaceAll("'", "''")}'`
    )
  }
}

/** Takes back what `ask` makes on this connection: scopes, temporary tables. */
export function apart<T>(store: Store, ask: () => T): T {
  store.exec('SAVEPOINT apart')
  try {
    return ask()
  } finally {
    // SQLite itself rolls back where its disk is full.
    if (store.inTransaction) store.exec('ROLLBACK TO apart; RELEASE apart')
  }
}

/** Shows one snapshot while `ask` runs, unless the connection shows one already. */
export function within(store: Store, snapshot: string, ask: () => void): void {
  const scoped =
    store.prepare("SELECT 1 FROM temp.sqlite_schema WHERE type IN ('view', 'table') AND name = 'pods'").get() !==
    undefined
  if (!scoped) scopeTo(store, snapshot)
  ask()
  if (!scoped) for (const view of publicViews(store)) store.exec(`DROP VIEW temp."${view}"`)
}
