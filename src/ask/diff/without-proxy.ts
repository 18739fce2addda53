import { NOWHERE_PROXY, WITHOUT_PROXY } from '../trace/without-proxy.ts'
import type { Destinations } from './destinations.ts'
import { type Part, partsOf, type Side } from './side.ts'
import type { Unknowns } from './unknowns.ts'

type Reader = Pick<Destinations, 'hasDispatch'>

const FAMILIES = ['ipv4', 'ipv6'] as const

/** Nodes whose dumps of this family hold no rules of kube-proxy: where its Services' packets go from there is not known. */
export function nodesWithoutProxy(destinations: Reader, side: Side, family: string): Set<string> {
  const dumped = dumpsOf(side, family)
  const proxied = new Set(dumped.filter(({ versions }) => destinations.hasDispatch(versions)).map(({ node }) => node))
  return new Set(dumped.flatMap(({ node }) => (node === null || proxied.has(node) ? [] : [node])))
}

/** A family without rules on both sides is one that the cluster does not use, unless the other has none either. */
export function addUnproxied(destinations: Reader, before: Side, after: Side, unknowns: Unknowns): void {
  const has = (side: Side, family: string) =>
    dumpsOf(side, family).some(({ versions }) => destinations.hasDispatch(versions))
  for (const [name, side, against] of [
    ['before', before, after],
    ['after', after, before]
  ] as const) {
    for (const family of FAMILIES) {
      const nodes = nodesWithoutProxy(destinations, side, family)
      const ofFamily = family === 'ipv6' ? ' (IPv6)' : ''
      if (has(side, family))
        for (const node of nodes)
          unknowns.add(`where packets to Services go from ${node}${ofFamily}`, name, WITHOUT_PROXY)
      else if (nodes.size > 0 && (has(against, family) || !FAMILIES.some((each) => has(side, each)))) {
        unknowns.add(`where packets to Services go${ofFamily}`, name, NOWHERE_PROXY)
      }
    }
  }
}

function dumpsOf(side: Side, family: string): Part[] {
  return partsOf(side, 'rules').filter(
    (part) => part.node !== null && part.family === family && part.status !== 'failed'
  )
}
