import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../trace/cluster.ts'

export type { Frontend }

/** All frontends of the snapshot that the store is scoped to. */
export function allFrontends(store: Store): Frontend[] {
  return store
    .prepare(
      'SELECT namespace, service, port_name AS portName, protocol, kind, address, port FROM frontends ORDER BY namespace, service, port_name, protocol, kind, address'
    )
    .all() as Frontend[]
}

/** Those of one family. A node port is served in the families of its Service's other addresses. */
export function frontendsOf(frontends: readonly Frontend[], family: Family): Frontend[] {
  const inFamily = ({ address }: Frontend) => address.includes(':') === (family === 6)
  const served = new Set(
    frontends
      .filter((frontend) => frontend.address !== '' && inFamily(frontend))
      .map(({ namespace, service }) => `${namespace}/${service}`)
  )
  return frontends.filter((frontend) =>
    frontend.address === '' ? served.has(`${frontend.namespace}/${frontend.service}`) : inFamily(frontend)
  )
}
