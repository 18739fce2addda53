import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'

/** One node's dump in the store. */
export interface StoredDump {
  readonly part: number
  readonly snapshot: string
  readonly node: string
  readonly family: string
  readonly backend: string | null
  readonly status: 'complete' | 'partial' | 'failed'
  readonly detail: string | null
  /** Whether the dump came with counters. */
  readonly counters: boolean
  readonly versions: readonly Version[]
}

/** The dumps of a node in one snapshot: one for each backend that was read. Throws: UserError where there is none. */
export function storedDumps(
  store: Store,
  snapshot: { id: number; name: string },
  node: string,
  family: string
): StoredDump[] {
  const parts = store
    .prepare(`SELECT id AS part, node, family, backend, status, detail, counters FROM _part
      WHERE snapshot = ? AND subject = 'rules' AND node = ? AND family = ? ORDER BY id`)
    .all(snapshot.id, node, family) as (Omit<StoredDump, 'versions' | 'snapshot' | 'counters'> & {
    counters: number | null
  })[]
  if (parts.length === 0) {
    const nodes = store
      .prepare(
        "SELECT DISTINCT node FROM _part WHERE snapshot = ? AND subject = 'rules' AND node IS NOT NULL ORDER BY node"
      )
      .pluck()
      .all(snapshot.id)
    throw new UserError(
      `rules: ${snapshot.name} holds no ${family} rules of a node ${node}; it has rules of ${nodes.join(', ') || 'no node'}`
    )
  }
  const versions = store.prepare('SELECT collection, seq FROM _part_set WHERE part = ? ORDER BY collection')
  return parts.map((part) => ({
    ...part,
    snapshot: snapshot.name,
    counters: part.counters === 1,
    versions: versions.all(part.part) as Version[]
  }))
}
