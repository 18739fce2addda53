import type { Store } from '../../store/open.ts'

/** Something a check would have had to see and the snapshot does not show. */
export interface Gap {
  /** `rules of kube-worker2` */
  readonly subject: string
  /** Why, as collection or import reported it. */
  readonly reason: string
}

/** What of the needed subjects the snapshot does not hold whole. The store is scoped to the snapshot. */
export function gaps(store: Store, needs: readonly string[]): Gap[] {
  return needs.flatMap((need) => (QUESTIONS[need] ?? objects(need))(store))
}

type Question = (store: Store) => Gap[]

const QUESTIONS: Record<string, Question> = {
  endpoints: (store) => {
    const slices = objects('endpointslices')(store)
    return slices.length > 0 && objects('endpoints')(store).length === 0 ? [] : slices
  },
  rules: (store) => rows(store, `
    SELECT 'rules of ' || n.node || iif(f.family = 'ipv6', ' (IPv6)', '') AS subject,
      coalesce((SELECT c.status || coalesce(': ' || c.detail, '') FROM coverage c
        WHERE c.subject = 'rules' AND c.node = n.node AND c.family = f.family LIMIT 1), 'not collected') AS reason
    FROM (SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL UNION SELECT node FROM pods WHERE node <> '') n
    JOIN (SELECT 'ipv4' AS family UNION SELECT 'ipv6' WHERE EXISTS (SELECT 1 FROM services WHERE ip_families LIKE '%IPv6%')) f
    WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = n.node AND c.family = f.family AND c.status = 'complete')
    ORDER BY 1`),
  listeners: (store) => rows(store, `
    SELECT 'sockets of ' || count(*) || ' of ' || (SELECT count(DISTINCT pod_namespace || '/' || pod) FROM endpoints WHERE ready AND pod <> '') || ' endpoint pods' AS subject,
      'not collected' AS reason
    FROM (SELECT DISTINCT pod_namespace, pod FROM endpoints WHERE ready AND pod <> '') e
    WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'listeners' AND c.namespace = e.pod_namespace AND c.pod = e.pod AND c.status = 'complete')
    HAVING count(*) > 0`)
}

/** A list of API objects, read once for the whole cluster. */
function objects(subject: string): Question {
  return (store) => {
    const parts = store.prepare('SELECT status, detail, namespace FROM coverage WHERE subject = ?').all(subject) as
      { status: string; detail: string | null; namespace: string | null }[]
    if (parts.some(({ status }) => status === 'complete')) return []
    if (parts.length === 0) return [{ subject, reason: 'not collected' }]
    return parts.map(({ status, detail, namespace }) => ({
      subject: namespace === null ? subject : `${subject} outside of namespace ${namespace}`,
      reason: detail ?? status
    }))
  }
}

function rows(store: Store, sql: string): Gap[] {
  return store.prepare(sql).all() as Gap[]
}
