import type { Store } from './open.ts'
import { requireSealed, sealCheckRuns, sealStore } from './seal.ts'

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

/** A snapshot that checks were run on, known again after others have written to the store. */
export interface CheckedSnapshot {
  readonly name: string
  readonly manifestSha256: string
}

export function checkedSnapshot(store: Store, name: string): CheckedSnapshot {
  const found = store.prepare('SELECT manifest_sha256 FROM _snapshot WHERE name = ?').pluck().get(name) as string
  return { name, manifestSha256: found }
}

/**
 * Keeps what checks found in a snapshot, for a report over many; a later run of the same check takes the place of an earlier one.
 * Of a snapshot that is not in the store any more nothing is kept.
 */
export function recordCheckRuns(
  store: Store,
  { name, manifestSha256 }: CheckedSnapshot,
  tool: string,
  runs: readonly CheckRun[]
): void {
  const insert = store.prepare(
    'INSERT OR REPLACE INTO _check_run (snapshot, code, severity, findings, not_seen, fingerprints, tool) VALUES (?, ?, ?, ?, ?, ?, ?)'
  )
  const find = store.prepare('SELECT id FROM _snapshot WHERE name = ? AND manifest_sha256 = ?').pluck()
  store
    .transaction(() => {
      const id = find.get(name, manifestSha256) as number | undefined
      if (id === undefined) return
      requireSealed(store, id)
      for (const { code, severity, findings, fingerprints, notSeen } of runs)
        insert.run(id, code, severity, findings, notSeen, packed(fingerprints), tool)
      sealCheckRuns(store, id)
      sealStore(store)
    })
    .immediate()
}

function packed(fingerprints: readonly string[]): Buffer {
  return Buffer.from(fingerprints.toSorted().join(''), 'hex')
}

/** The fingerprints of what a check found, by snapshot; a snapshot on which it was not run is missing. */
export function fingerprintsOf(store: Store, code: string): Map<number, ReadonlySet<string>> {
  const rows = store.prepare('SELECT snapshot, fingerprints FROM _check_run WHERE code = ?').raw().all(code) as [
    number,
    Buffer
  ][]
  return new Map(rows.map(([snapshot, bytes]) => [snapshot, new Set(bytes.toString('hex').match(/.{16}/g))]))
}
