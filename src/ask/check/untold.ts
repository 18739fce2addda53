import type { Store } from '../../store/open.ts'
import type { Gap } from './coverage.ts'
import type { Check } from './definition.ts'

interface Facts {
  readonly view: string
  readonly what: string
  /** NULL there is "not told", never "not of this row". */
  readonly columns: readonly string[]
  /** NULL in some rows is right; in all of them it is not told. */
  readonly mostly?: readonly string[]
}

/** The facts that checks decide by. What reads them through a computed table is said in `COMPUTED`. */
const FACTS: readonly Facts[] = [
  { view: 'nodes', what: 'nodes', columns: ['ready', 'unschedulable', 'addresses', 'pod_cidrs', 'labels'] },
  {
    view: 'services',
    what: 'services',
    columns: [
      'type',
      'cluster_ip',
      'cluster_ips',
      'external_ips',
      'load_balancer_ips',
      'load_balancer_hostnames',
      'load_balancer_class',
      'load_balancer_source_ranges',
      'external_traffic_policy',
      'internal_traffic_policy',
      'session_affinity',
      'session_affinity_timeout',
      'publish_not_ready_addresses',
      'health_check_node_port',
      'ip_families',
      'selector',
      'labels',
      'annotations'
    ]
  },
  {
    view: 'service_ports',
    what: 'ports of services',
    columns: ['port_name', 'target_port', 'node_port', 'chain_hash']
  },
  {
    view: 'endpoints',
    what: 'endpoints',
    columns: ['port_name', 'ready', 'node', 'pod', 'pod_namespace'],
    mostly: ['protocol', 'port', 'chain', 'serving', 'terminating']
  },
  {
    view: 'pods',
    what: 'pods',
    columns: [
      'uid',
      'node',
      'ip',
      'ips',
      'host_network',
      'phase',
      'status',
      'ready',
      'deleted_at',
      'owner_kind',
      'owner_name',
      'labels',
      'created_at'
    ]
  },
  {
    view: 'containers',
    what: 'containers',
    columns: ['kind', 'image', 'ready', 'restarts', 'state', 'reason', 'environment', 'arguments']
  },
  { view: 'container_ports', what: 'ports of containers', columns: ['host_port', 'host_ip'] },
  {
    view: 'daemonsets',
    what: 'daemonsets',
    columns: ['desired', 'current', 'ready', 'labels', 'selector', 'node_selector']
  }
]

/** Tables that are computed from the facts of Services, and so read all of them. */
const COMPUTED = /\b(?:deviations|intent|flows|frontends|endpoint_objects)\b/
const OF_SERVICES = new Set(['services', 'service_ports', 'endpoints'])

/** The columns that a check reads and that some rows do not tell: NULL is unknown, never "no". Each is counted once. */
export function untoldFinder(store: Store): (check: Pick<Check, 'sql'>) => Gap[] {
  const counted = new Map<string, number[]>()
  return ({ sql }) => {
    const query = sql.replaceAll(/^--.*$/gm, '')
    const names = (word: string) => new RegExp(`\\b${word}\\b`).test(query)
    const computed = COMPUTED.test(query)
    return FACTS.filter(({ view }) => names(view) || (computed && OF_SERVICES.has(view))).flatMap((facts) => {
      if (!counted.has(facts.view)) counted.set(facts.view, count(store, facts))
      const [rows = 0, ...untold] = counted.get(facts.view)!
      return [...facts.columns, ...(facts.mostly ?? [])].flatMap((column, index) => {
        const some = untold[index] ?? 0
        const read = names(column) || (computed && OF_SERVICES.has(facts.view))
        const isGap = read && some > 0 && (index < facts.columns.length || some === rows)
        return isGap ? [{ subject: `${column} of ${some} of ${rows} ${facts.what}`, reason: 'not told' }] : []
      })
    })
  }
}

/** How many rows there are, and in how many each column is not told. */
function count(store: Store, { view, columns, mostly = [] }: Facts): number[] {
  const each = [...columns, ...mostly].map((column) => `count(*) - count("${column}")`)
  return store
    .prepare(`SELECT count(*), ${each.join(', ')} FROM "${view}"`)
    .raw()
    .get() as number[]
}
