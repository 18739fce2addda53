import type { Store } from './open.ts'

/** What one check found in one snapshot. */
export interface CheckRun {
  readonly code: string
  readonly severity: string
  readonly findings: number
  /** How many things it could not see. */
  readonly notSeen: number
}

/** Keeps what checks found in a snapshot, for a report over many; a later run of the same check takes the place of an earlier one. */
export function recordCheckRuns(store: Store, snapshot: string, tool: string, runs: readonly CheckRun[]): void {
  const insert = store.prepare(`INSERT OR REPLACE INTO _check_run (snapshot, code, severity, findings, not_seen, tool)
    SELECT id, ?, ?, ?, ?, ? FROM _snapshot WHERE name = ?`)
  store.transaction(() => {
    for (const { code, severity, findings, notSeen } of runs) insert.run(code, severity, findings, notSeen, tool, snapshot)
  })()
}
