import type { Store } from '../../../store/open.ts'
import type { Change } from '../../diff/change.ts'
import { covers, type Side, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'
import { followService } from './service.ts'

/** A Service that has, or had, an address and port. */
export interface FrontendOwner {
  readonly namespace: string
  readonly service: string
  readonly port: number
  readonly protocol: string
}

/** Which Services ever had it among their addresses, or as a node port where the address is a node's. */
export function ownersOfFrontend(store: Store, address: string, port: number): FrontendOwner[] {
  return store
    .prepare(`SELECT DISTINCT s.namespace, s.service, p.port, p.protocol FROM _service s
    JOIN _service_port p ON p.collection = s.collection AND p.namespace = s.namespace AND p.service = s.service AND p.since < s.until AND s.since < p.until
    WHERE p.port = @port AND (instr(s.cluster_ips, @quoted) OR instr(s.external_ips, @quoted) OR instr(s.load_balancer_ips, @quoted))
      OR p.node_port = @port AND EXISTS (SELECT 1 FROM _node n WHERE instr(n.addresses, @quoted))
    ORDER BY 1, 2, 3`)
    .all({ port, quoted: `"${address}"` }) as FrontendOwner[]
}

/** The life of a Service as far as one of its frontends is concerned: nothing of its other ports and addresses. */
export function followFrontend(store: Store, owner: FrontendOwner, frontend: string, node?: string): Followed {
  const followed = followService(store, owner.namespace, owner.service, node)
  const label = `${owner.port}/${owner.protocol}`
  const isAsked = ({ aspect, name }: Change): boolean => {
    if (aspect === 'port') return name.split(' ')[0] === label
    if (aspect === 'destinations') return name.includes(label)
    if (aspect === 'frontend')
      return (
        name.startsWith(`${frontend}/`) ||
        (name.startsWith('node port ') && name.includes(` ${frontend.slice(frontend.lastIndexOf(':') + 1)}/`))
      )
    return true
  }
  const isThere = presence(store, owner, frontend, followed)
  return {
    ...followed,
    object: `${frontend} of ${followed.object}`,
    isThere,
    // While the Service lacks the frontend, what becomes of the Service is no part of the frontend's life.
    changes: (before, after, unknowns) => {
      const changes = followed.changes(before, after, unknowns)
      return isThere(before) !== true && isThere(after) === false ? [] : changes.filter(isAsked)
    }
  }
}

const ADDRESSES = ['cluster_ips', 'external_ips', 'load_balancer_ips']

/** Whether the Service has the address and port: among its own addresses, or as a node port of a node's address. */
function presence(
  store: Store,
  { namespace, service, protocol }: FrontendOwner,
  frontend: string,
  followed: Followed
): Followed['isThere'] {
  const own = ['namespace = ? AND service = ?', namespace, service] as const
  const quoted = `"${frontend.slice(0, frontend.lastIndexOf(':')).replace(/^\[|\]$/g, '')}"`
  const port = Number(frontend.slice(frontend.lastIndexOf(':') + 1))
  const facts = new ObjectFacts(store, { _service: own, _service_port: own, _node: ['instr(addresses, ?)', quoted] })
  return (side: Side) => {
    const [row] = facts.rows('_service', versionsOf(side, 'services'))
    if (!row) return followed.isThere(side)
    const ports = facts.rows('_service_port', versionsOf(side, 'services')).filter((each) => each.protocol === protocol)
    const lists = ports.some((each) => each.port === port) ? ADDRESSES.map((column) => row[column]) : []
    if (lists.some((list) => String(list).includes(quoted))) return true
    if (ports.some((each) => each.node_port === port)) {
      if (facts.rows('_node', versionsOf(side, 'nodes')).length > 0) return true
      if (!covers(side, 'nodes', '')) return undefined
    }
    return lists.includes(null) ? undefined : false
  }
}
