import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import type { Part, Side } from '../diff/side.ts'

/** One snapshot, with what it holds of the subjects that are followed. */
export interface Moment extends Side {
  /** UTC, ISO 8601. */
  readonly takenAt: string
}

/** Which parts of the snapshots are followed. */
export interface Scope {
  readonly subjects: readonly string[]
  /** The only node whose parts count; of all nodes without. */
  readonly node?: string
  /** The pod whose own parts count besides; no pod's without. */
  readonly pod?: { readonly namespace: string; readonly pod: string }
}

/** All snapshots of the store in the order of time. The cost is that of their parts; no row of an object or rule is read. */
export function timeline(store: Store, { subjects, node, pod }: Scope): Moment[] {
  const snapshots = store
    .prepare('SELECT id, name, started_at AS takenAt FROM _snapshot ORDER BY started_at, id')
    .all() as { id: number; name: string; takenAt: string }[]
  const rows =
    store.prepare(`SELECT p.snapshot, p.id, p.subject, p.node, p.namespace, p.pod, p.container, p.family, p.backend, p.status, p.detail, t.collection, t.seq
    FROM _part p LEFT JOIN _part_set t ON t.part = p.id
    WHERE p.subject IN (SELECT value FROM json_each(@subjects)) AND (@node IS NULL OR p.node IS NULL OR p.node = @node)
      AND (p.pod IS NULL OR p.pod = @pod AND p.namespace = @namespace) ORDER BY p.id, t.collection`)
  const parts = new Map<number, Map<number, Part & { versions: Version[] }>>()
  for (const row of rows.all({
    subjects: JSON.stringify(subjects),
    node: node ?? null,
    pod: pod?.pod ?? null,
    namespace: pod?.namespace ?? null
  }) as PartRow[]) {
    const { snapshot, collection, seq, ...part } = row
    const its = parts.get(snapshot) ?? new Map<number, Part & { versions: Version[] }>()
    parts.set(snapshot, its)
    const known = its.get(part.id) ?? { ...part, versions: [] }
    its.set(part.id, known)
    if (collection !== null) known.versions.push({ collection, seq: seq! })
  }
  return snapshots.map((snapshot) => ({ ...snapshot, parts: [...(parts.get(snapshot.id)?.values() ?? [])] }))
}

type PartRow = Omit<Part, 'versions'> & {
  readonly snapshot: number
  readonly collection: number | null
  readonly seq: number | null
}
