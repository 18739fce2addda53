import type { Store } from '../../store/open.ts'

/** Something a check would have had to see and the snapshot does not show. */
export interface Gap {
  /** `rules of kube-worker2` */
  readonly subject: string
  /** Why, as collection or import reported it. */
  readonly reason: string
  /** The one node of which it is not known; absent where it may be any. */
  readonly node?: string
  /** Findings at other nodes rest on nothing of it. */
  readonly onlyThere?: true
}

/** What of the needed subjects the snapshot does not hold whole; each subject is looked up once. The store is scoped to the snapshot. */
export function gapFinder(store: Store): (needs: readonly string[]) => Gap[] {
  const known = new Map<string, Gap[]>()
  return (needs) =>
    needs.flatMap((need) => {
      if (!known.has(need)) known.set(need, (QUESTIONS.get(need) ?? objects(need))(store))
      return known.get(need)!
    })
}

type Question = (store: Store) => Gap[]

const QUESTIONS: ReadonlyMap<string, Question> = new Map(
  Object.entries<Question>({
    endpoints: (store) => {
      const slices = objects('endpointslices')(store)
      return slices.length > 0 && objects('endpoints')(store).length === 0 ? [] : slices
    },
    rules: (store) =>
      rows(
        store,
        `
    SELECT 'rules of ' || n.node || iif(f.family = 'ipv6', ' (IPv6)', '') AS subject,
      coalesce((SELECT c.status || coalesce(': ' || c.detail, '') FROM coverage c
        WHERE c.subject = 'rules' AND c.node = n.node AND c.family = f.family LIMIT 1), 'not collected') AS reason,
      n.node AS node
    FROM (SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL UNION SELECT node FROM pods WHERE node <> '') n
    JOIN (SELECT 'ipv4' AS family UNION SELECT 'ipv6' WHERE EXISTS (SELECT 1 FROM services WHERE ip_families LIKE '%IPv6%')) f
    WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = n.node AND c.family = f.family AND c.status = 'complete')
    UNION ALL
    SELECT 'kube-proxy of ' || c.node, 'the node''s dump has none of its rules: not in iptables mode, or flushed', c.node
    FROM coverage c WHERE c.subject = 'rules' AND c.node IS NOT NULL AND c.family = 'ipv4' AND c.status = 'complete'
      AND NOT EXISTS (SELECT 1 FROM chains k WHERE k.node = c.node AND k.table_name = 'nat' AND k.kind = 'services')
    GROUP BY c.node
    UNION ALL
    SELECT 'rules of nodes', 'not collected', NULL WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'rules' AND node IS NOT NULL)
    ORDER BY 1`
      ),
    nft: (store) =>
      rows(
        store,
        `
    SELECT 'nft rules of ' || node AS subject, 'not interpreted: ' || group_concat(DISTINCT 'table ' || family || ' ' || table_name) AS reason, node
    FROM nft_chains WHERE node IS NOT NULL AND acts
    GROUP BY node ORDER BY node`
      ).map((gap) => ({ ...gap, onlyThere: true })),
    'pod-rules': (store) =>
      rows(
        store,
        `
    SELECT 'rules of ' || count(*) || ' svclb pods' AS subject, 'not collected' AS reason
    FROM pods p WHERE p.labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND p.phase = 'Running'
      AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.namespace = p.namespace AND c.pod = p.pod AND c.status = 'complete')
    HAVING count(*) > 0`
      ),
    connections: (store) => rows(store, ofNodes('connections', 'connections')),
    routes: (store) => rows(store, ofNodes('routes', 'routes')),
    'settings-of-nodes': (store) => rows(store, ofNodes('sysctls', 'kernel settings')),
    'sockets-of-nodes': (store) => rows(store, ofNodes('listeners', 'sockets')),
    listeners: (store) =>
      rows(
        store,
        `
    SELECT 'sockets of ' || count(*) || ' of ' || (SELECT count(DISTINCT pod_namespace || '/' || pod) FROM endpoints WHERE ready AND pod <> '') || ' endpoint pods' AS subject,
      'not collected' AS reason
    FROM (SELECT DISTINCT pod_namespace, pod FROM endpoints WHERE ready AND pod <> '') e
    WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'listeners' AND c.namespace = e.pod_namespace AND c.pod = e.pod AND c.status = 'complete')
      -- A pod of the node's own network has the node's sockets.
      AND NOT EXISTS (SELECT 1 FROM pods h JOIN coverage c ON c.subject = 'listeners' AND c.node = h.node AND c.pod IS NULL AND c.status = 'complete'
        WHERE h.namespace = e.pod_namespace AND h.pod = e.pod AND h.host_network)
    HAVING count(*) > 0
    UNION ALL
    SELECT 'sockets', 'not collected' WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE subject = 'listeners')`
      )
  })
)

/** What is read on each node by itself; one line where it is the same for all. */
function ofNodes(subject: string, what: string): string {
  return `
    SELECT '${what} of ' || iif(count(*) = max(n.nodes), 'nodes', group_concat(n.node, ', ')) AS subject, n.reason, iif(count(*) = 1 AND max(n.nodes) > 1, min(n.node), NULL) AS node
    FROM (SELECT node, count(*) OVER () AS nodes, coalesce(c.reason, 'not collected') AS reason, coalesce(c.seen, 0) AS seen
      FROM (SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL) k
      LEFT JOIN (SELECT node, min(status || coalesce(': ' || detail, '')) AS reason, max(status = 'complete') AS seen
        FROM coverage WHERE subject = '${subject}' AND node IS NOT NULL GROUP BY node) c USING (node)) n
    WHERE NOT n.seen GROUP BY n.reason
    UNION ALL
    SELECT '${what} of nodes', 'not collected', NULL WHERE NOT EXISTS (SELECT 1 FROM nodes) AND NOT EXISTS (SELECT 1 FROM coverage WHERE node IS NOT NULL)
    ORDER BY 1`
}

/** A list of API objects, read once for the whole cluster. */
function objects(subject: string): Question {
  return (store) => {
    const parts = store.prepare('SELECT status, detail, namespace FROM coverage WHERE subject = ?').all(subject) as {
      status: string
      detail: string | null
      namespace: string | null
    }[]
    if (parts.some(({ status }) => status === 'complete')) return []
    if (parts.length === 0) return [{ subject, reason: 'not collected' }]
    return parts.map(({ status, detail, namespace }) => ({
      subject: namespace === null ? subject : `${subject} outside of namespace ${namespace}`,
      reason: detail ?? status
    }))
  }
}

function rows(store: Store, sql: string): Gap[] {
  const found = store.prepare(sql).all() as (Omit<Gap, 'node'> & { readonly node?: string | null })[]
  return found.map(({ node, ...gap }) => (typeof node === 'string' ? { ...gap, node } : gap))
}
