import { WITHOUT_PROXY } from '../trace/without-proxy.ts'
import type { Destinations } from './destinations.ts'
import { partsOf, type Side } from './side.ts'
import type { Unknowns } from './unknowns.ts'

/** Whether nodes of this family were dumped and none has rules of kube-proxy: where its Services' packets go is then not known. */
export function lacksProxy(destinations: Pick<Destinations, 'hasDispatch'>, side: Side, family: string): boolean {
  const dumped = partsOf(side, 'rules').filter((part) => part.node !== null && part.family === family && part.status !== 'failed')
  return dumped.length > 0 && !dumped.some(({ versions }) => destinations.hasDispatch(versions))
}

export function addUnproxied(destinations: Pick<Destinations, 'hasDispatch'>, before: Side, after: Side, unknowns: Unknowns): void {
  for (const [name, side] of [['before', before], ['after', after]] as const) {
    for (const [family, said] of [['ipv4', ''], ['ipv6', ' (IPv6)']] as const) {
      if (lacksProxy(destinations, side, family)) unknowns.add(`where packets to Services go${said}`, name, WITHOUT_PROXY)
    }
  }
}
