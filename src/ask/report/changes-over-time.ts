import type { Store } from '../../store/open.ts'
import type { ReportedSnapshot } from './snapshots.ts'

/** What changed from each snapshot to the next, in the order of time. */
export interface ChangeSeries {
  readonly name: string
  /** Objects that changed since the last snapshot before that was read; null: it was not read whole, or none before it was. */
  readonly counts: readonly (number | null)[]
  /** Which ones, where the series is of Services. */
  readonly objects?: readonly (readonly string[])[]
}

interface Subject {
  readonly name: string
  /** Subjects of the coverage, the first that a snapshot holds counts. */
  readonly subjects: readonly string[]
  readonly tables: readonly string[]
  /** SQL of the object a row belongs to. */
  readonly object: string
  readonly named?: true
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'Services',
    subjects: ['services'],
    tables: ['_service', '_service_port'],
    object: "namespace || '/' || service",
    named: true
  },
  {
    name: 'Services whose endpoints changed',
    subjects: ['endpointslices', 'endpoints'],
    tables: ['_endpoint'],
    object: "namespace || '/' || service",
    named: true
  },
  { name: 'Pods', subjects: ['pods'], tables: ['_pod'], object: "namespace || '/' || pod" },
  { name: 'Nodes', subjects: ['nodes'], tables: ['_node'], object: 'node' }
]

/** Reads intervals of rows, not snapshots: the cost is one pass over what ever stood, however many snapshots there are. */
export function objectSeries(store: Store, snapshots: readonly ReportedSnapshot[]): ChangeSeries[] {
  return SUBJECTS.map((subject) => seriesOf(store, snapshots, subject))
}

/** The version of a collection that a snapshot saw. */
interface Seen {
  readonly collection: number
  readonly seq: number
}

function seriesOf(
  store: Store,
  snapshots: readonly ReportedSnapshot[],
  { name, subjects, tables, object, named }: Subject
): ChangeSeries {
  const seen = versionsSeen(store, snapshots, subjects)
  const changed = snapshots.map(() => new Set<string>())
  for (const collection of new Set(seen.flatMap((version) => version?.collection ?? []))) {
    const steps = stepsOf(seen, collection)
    if (steps.length === 0) continue
    for (const table of tables) {
      for (const [key, since, until] of movedRows(store, { table, object, collection, steps })) {
        for (const step of steps)
          if (stands(since, until, step.from) !== stands(since, until, step.to)) changed[step.at]!.add(key)
      }
    }
  }
  const counts = changed.map((objects, at) => (isCompared(seen, at) ? objects.size : null))
  return { name, counts, ...(named && { objects: changed.map((objects) => [...objects].sort()) }) }
}

/** By snapshot; undefined where none of the subjects was read whole. */
function versionsSeen(
  store: Store,
  snapshots: readonly ReportedSnapshot[],
  subjects: readonly string[]
): (Seen | undefined)[] {
  const select =
    store.prepare(`SELECT p.snapshot, p.subject, t.collection, t.seq FROM _part p JOIN _part_set t ON t.part = p.id
    WHERE p.subject = ? AND p.status = 'complete' AND p.namespace IS NULL`)
  const found = new Map<number, Seen>()
  for (const subject of subjects) {
    for (const { snapshot, collection, seq } of select.all(subject) as (Seen & { snapshot: number })[]) {
      if (!found.has(snapshot)) found.set(snapshot, { collection, seq })
    }
  }
  return snapshots.map(({ id }) => found.get(id))
}

/** From one snapshot that was read to the next. */
interface Step {
  readonly at: number
  readonly from: number
  readonly to: number
}

function stepsOf(seen: readonly (Seen | undefined)[], collection: number): Step[] {
  return seen.flatMap((version, at) => {
    const before = lastBefore(seen, at)
    if (version?.collection !== collection || before?.collection !== collection || before.seq === version.seq) return []
    return { at, from: before.seq, to: version.seq }
  })
}

function lastBefore(seen: readonly (Seen | undefined)[], at: number): Seen | undefined {
  return seen.slice(0, at).findLast((version) => version !== undefined)
}

function isCompared(seen: readonly (Seen | undefined)[], at: number): boolean {
  return seen[at] !== undefined && lastBefore(seen, at)?.collection === seen[at].collection
}

function stands(since: number, until: number, seq: number): boolean {
  return since <= seq && seq < until
}

/** Without those that stood in every version that was seen. */
function movedRows(
  store: Store,
  { table, object, collection, steps }: { table: string; object: string; collection: number; steps: readonly Step[] }
): [string, number, number][] {
  const seqs = steps.flatMap(({ from, to }) => [from, to])
  return store
    .prepare(
      `SELECT DISTINCT ${object}, since, until FROM ${table} WHERE collection = ? AND NOT (since <= ? AND until > ?)`
    )
    .raw()
    .all(collection, Math.min(...seqs), Math.max(...seqs)) as [string, number, number][]
}
