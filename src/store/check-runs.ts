import type { Store } from './open.ts'

/** What one check found in one snapshot. */
export interface CheckRun {
  readonly code: string
  readonly severity: string
  /** How many findings. */
  readonly findings: number
  /** Fingerprints of them and of those told with their cause, 16 hexadecimal digits each. */
  readonly fingerprints: readonly string[]
  /** How many things it could not see. */
  readonly notSeen: number
}

/** Keeps what checks found in a snapshot, for a report over many; a later run of the same check takes the place of an earlier one. */
export function recordCheckRuns(store: Store, snapshot: string, tool: string, runs: readonly CheckRun[]): void {
  const insert =
    store.prepare(`INSERT OR REPLACE INTO _check_run (snapshot, code, severity, findings, not_seen, fingerprints, tool)
    SELECT id, ?, ?, ?, ?, ?, ? FROM _snapshot WHERE name = ?`)
  store.transaction(() => {
    for (const { code, severity, findings, fingerprints, notSeen } of runs) {
      insert.run(
        code,
        severity,
        findings,
        notSeen,
        Buffer.from(fingerprints.toSorted().join(''), 'hex'),
        tool,
        snapshot
      )
    }
  })()
}

/** The fingerprints of what a check found, by snapshot; a snapshot on which it was not run is missing. */
export function fingerprintsOf(store: Store, code: string): Map<number, ReadonlySet<string>> {
  const rows = store.prepare('SELECT snapshot, fingerprints FROM _check_run WHERE code = ?').raw().all(code) as [
    number,
    Buffer
  ][]
  return new Map(rows.map(([snapshot, bytes]) => [snapshot, new Set(bytes.toString('hex').match(/.{16}/g))]))
}
