import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { changedChains, pairVersions } from '../diff/changed-chains.ts'
import type { ReportedSnapshot } from './snapshots.ts'

/** How many chains of a node's rules changed from each snapshot to the next, in the order of time. */
export interface RuleSeries {
  /** The nodes where it is so. */
  readonly nodes: readonly string[]
  /** null: the node's rules were not read whole, or not before. */
  readonly counts: readonly (number | null)[]
}

/** Nodes with the same series are one. A node that stands still while the others move is told by its own. */
export function ruleSeries(store: Store, snapshots: readonly ReportedSnapshot[]): RuleSeries[] {
  const changes = new ChainChanges(store)
  const alike = new Map<string, { nodes: string[]; counts: (number | null)[] }>()
  for (const [node, seen] of versionsByNode(store)) {
    let before: readonly Version[] | undefined
    const counts = snapshots.map(({ id }) => {
      const versions = seen.get(id)
      const count = versions && before ? changes.between(before, versions) : null
      before = versions ?? before
      return count
    })
    const key = counts.join()
    const known = alike.get(key)
    if (known) known.nodes.push(node)
    else alike.set(key, { nodes: [node], counts })
  }
  return [...alike.values()].sort((a, b) => b.nodes.length - a.nodes.length)
}

/** Of every node the versions that each snapshot's dumps hold; a snapshot in which one of its dumps is not whole is left out. */
function versionsByNode(store: Store): Map<string, Map<number, readonly Version[]>> {
  const rows = store
    .prepare(`SELECT p.node, p.snapshot, p.status, t.collection, t.seq FROM _part p LEFT JOIN _part_set t ON t.part = p.id
    WHERE p.subject = 'rules' AND p.node IS NOT NULL ORDER BY p.node, t.collection`)
    .all() as ({ node: string; snapshot: number; status: string } & Version)[]
  const nodes = new Map<string, Map<number, Version[]>>()
  for (const { node, snapshot, collection, seq } of rows) {
    const seen = nodes.get(node) ?? new Map<number, Version[]>()
    nodes.set(node, seen)
    seen.set(snapshot, [...(seen.get(snapshot) ?? []), { collection, seq }])
  }
  for (const { node, snapshot, status } of rows) if (status !== 'complete') nodes.get(node)!.delete(snapshot)
  return nodes
}

/** Counts the chains that differ; nodes that share a set of rules share the count. */
class ChainChanges {
  private readonly store: Store
  private readonly counts = new Map<string, number>()
  private readonly intervals = new Map<number, readonly [number, number, number][]>()

  constructor(store: Store) {
    this.store = store
  }

  between(before: readonly Version[], after: readonly Version[]): number {
    return pairVersions(before, after).reduce((sum, pair) => {
      const [was, is] = [pair.before[0], pair.after[0]]
      const key = JSON.stringify(pair)
      if (!this.counts.has(key)) {
        this.counts.set(
          key,
          was && is?.collection === was.collection ? this.inOne(was, is) : changedChains(this.store, pair).length
        )
      }
      return sum + this.counts.get(key)!
    }, 0)
  }

  /** One collection is read once, however many of its versions are compared. */
  private inOne({ collection, seq }: Version, { seq: other }: Version): number {
    const changed = new Set<number>()
    for (const [chain, since, until] of this.intervalsOf(collection)) {
      if ((since <= seq && seq < until) !== (since <= other && other < until)) changed.add(chain)
    }
    return changed.size
  }

  private intervalsOf(collection: number): readonly [number, number, number][] {
    const known = this.intervals.get(collection)
    if (known) return known
    const rows = this.store
      .prepare(`SELECT c.chain, c.since, c.until FROM _chain_name n JOIN _chain c ON c.chain = n.id
      WHERE n.collection = @collection AND NOT (c.since <= @first AND c.until > @last)`)
      .raw()
      .all({ collection, ...this.range(collection) }) as [number, number, number][]
    this.intervals.set(collection, rows)
    return rows
  }

  private range(collection: number): { first: number; last: number } {
    return this.store
      .prepare('SELECT min(seq) AS first, max(seq) AS last FROM _version WHERE collection = ?')
      .get(collection) as { first: number; last: number }
  }
}
