import type { Store } from '../../store/open.ts'

/** The views people query, by name. */
export function publicViews(store: Store): string[] {
  return store.prepare("SELECT name FROM sqlite_schema WHERE type = 'view' AND name NOT GLOB '_*' ORDER BY name").pluck().all() as string[]
}

/**
 * Makes every public view show one snapshot only, for this connection: a temporary view of the same name goes before
 * the one in the file. Nothing is written to the store.
 */
export function scopeTo(store: Store, snapshot: string): void {
  for (const view of publicViews(store)) {
    store.exec(`CREATE TEMP VIEW "${view}" AS SELECT * FROM main."${view}" WHERE snapshot = '${snapshot.replaceAll("'", "''")}'`)
  }
}
