import type { Store } from '../../store/open.ts'
import { nodesKnown } from './about-nodes.ts'

/** Something that the snapshot does not hold whole. */
export interface NotWhole {
  /** `listeners of traefik-ns/traefik-59cfdc49c7-dmm58` */
  readonly subject: string
  readonly status: 'partial' | 'failed'
  readonly reason: string
}

/** How much of a cluster the snapshot shows, and how much of each kind there is; null: not listed whole, so not known. */
export interface Quality {
  readonly endedAt: string
  readonly tool: string
  readonly complete: number
  readonly notWhole: readonly NotWhole[]
  readonly issues: readonly { readonly place: string; readonly message: string; readonly text: string | null }[]
  readonly issueCount: number
  readonly nodes: readonly string[]
  readonly counts: readonly { readonly name: string; readonly count: number | null }[]
}

/** Problems of one kind may be many; the rest is counted. */
const ISSUES = 200

/** Of the snapshot that the store is scoped to. */
export function quality(store: Store): Quality {
  const { endedAt, tool } = store.prepare('SELECT ended_at AS endedAt, tool FROM snapshots').get() as {
    endedAt: string
    tool: string
  }
  const issues = store
    .prepare(
      `SELECT concat_ws(', ', path, node, namespace || '/' || pod, object, 'line ' || line) AS place, message, text FROM issues`
    )
    .all() as Quality['issues'][number][]
  return {
    endedAt,
    tool,
    issues: issues.slice(0, ISSUES),
    issueCount: issues.length,
    complete: store.prepare("SELECT count(*) FROM coverage WHERE status = 'complete'").pluck().get() as number,
    notWhole: store
      .prepare(`SELECT subject || coalesce(' of ' || coalesce(node, namespace || '/' || pod, 'namespace ' || namespace), '')
        || coalesce(' (' || family || ')', '') AS subject, status, coalesce(detail, 'no reason is known') AS reason
      FROM coverage WHERE status <> 'complete' ORDER BY status, subject`)
      .all() as NotWhole[],
    nodes: nodesKnown(store),
    counts: COUNTED.map(({ name, subject, sql }) => ({
      name,
      count: isWhole(store, subject) ? (store.prepare(sql).pluck().get() as number) : null
    }))
  }
}

const COUNTED = [
  { name: 'nodes', subject: 'nodes', sql: 'SELECT count(*) FROM nodes' },
  { name: 'Services', subject: 'services', sql: 'SELECT count(*) FROM services' },
  { name: 'endpoints', subject: 'endpoint', sql: 'SELECT count(*) FROM endpoints' },
  { name: 'pods', subject: 'pods', sql: 'SELECT count(*) FROM pods' },
  { name: 'rules', subject: 'rules', sql: 'SELECT sum(rules) FROM chains WHERE node IS NOT NULL' }
]

/** Endpoints may come from slices or from the older objects; rules are whole when every dump is. */
function isWhole(store: Store, subject: string): boolean {
  const statuses = store
    .prepare(
      "SELECT status FROM coverage WHERE subject GLOB ? AND namespace IS NULL AND subject <> 'endpointslices-after'"
    )
    .pluck()
    .all(subject === 'endpoint' ? 'endpoint*' : subject) as string[]
  return subject === 'endpoint'
    ? statuses.includes('complete')
    : statuses.length > 0 && statuses.every((status) => status === 'complete')
}
