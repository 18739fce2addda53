import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { Front } from '../trace/cluster.ts'

export type { Front }

/** All fronts of the snapshot that the store is scoped to. */
export function allFronts(store: Store): Front[] {
  return store
    .prepare(
      'SELECT namespace, service, port_name AS portName, protocol, kind, address, port FROM fronts ORDER BY namespace, service, port_name, protocol, kind, address'
    )
    .all() as Front[]
}

/** Those of one family. A node port is served in the families of its Service's other addresses. */
export function frontsOf(fronts: readonly Front[], family: Family): Front[] {
  const inFamily = ({ address }: Front) => address.includes(':') === (family === 6)
  const served = new Set(
    fronts
      .filter((front) => front.address !== '' && inFamily(front))
      .map(({ namespace, service }) => `${namespace}/${service}`)
  )
  return fronts.filter((front) =>
    front.address === '' ? served.has(`${front.namespace}/${front.service}`) : inFamily(front)
  )
}
