import type { Store } from '../../../store/open.ts'
import type { Change } from '../../diff/change.ts'
import { covers, type Side, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts } from '../object-facts.ts'
import { followService } from './service.ts'

/** A Service that has, or had, an address and port. */
export interface FrontOwner {
  readonly namespace: string
  readonly service: string
  readonly port: number
  readonly protocol: string
}

/** Which Services ever had it among their addresses, or as a node port where the address is a node's. */
export function ownersOfFront(store: Store, address: string, port: number): FrontOwner[] {
  return store
    .prepare(`SELECT DISTINCT s.namespace, s.service, p.port, p.protocol FROM _service s
    JOIN _service_port p ON p.collection = s.collection AND p.namespace = s.namespace AND p.service = s.service AND p.since < s.until AND s.since < p.until
    WHERE p.port = @port AND (instr(s.cluster_ips, @quoted) OR instr(s.external_ips, @quoted) OR instr(s.load_balancer_ips, @quoted))
      OR p.node_port = @port AND EXISTS (SELECT 1 FROM _node n WHERE instr(n.addresses, @quoted))
    ORDER BY 1, 2, 3`)
    .all({ port, quoted: `"${address}"` }) as FrontOwner[]
}

/** The life of a Service as far as one of its fronts is concerned: nothing of its other ports and addresses. */
export function followFront(store: Store, owner: FrontOwner, front: string, node?: string): Followed {
  const followed = followService(store, owner.namespace, owner.service, node)
  const label = `${owner.port}/${owner.protocol}`
  const isAsked = ({ aspect, name }: Change): boolean => {
    if (aspect === 'port') return name.split(' ')[0] === label
    if (aspect === 'destinations') return name.includes(label)
    if (aspect === 'front')
      return (
        name.startsWith(`${front}/`) ||
        (name.startsWith('node port ') && name.includes(` ${front.slice(front.lastIndexOf(':') + 1)}/`))
      )
    return true
  }
  const isThere = presence(store, owner, front, followed)
  return {
    ...followed,
    object: `${front} of ${followed.object}`,
    isThere,
    // While the Service lacks the front, what becomes of the Service is no part of the front's life.
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
  { namespace, service, protocol }: FrontOwner,
  front: string,
  followed: Followed
): Followed['isThere'] {
  const own = ['namespace = ? AND service = ?', namespace, service] as const
  const quoted = `"${front.slice(0, front.lastIndexOf(':')).replace(/^\[|\]$/g, '')}"`
  const port = Number(front.slice(front.lastIndexOf(':') + 1))
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
