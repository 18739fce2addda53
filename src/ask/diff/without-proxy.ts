import { NOWHERE_PROXY } from '../trace/without-proxy.ts'
import type { Destinations } from './destinations.ts'
import { partsOf, type Part, type Side } from './side.ts'
import type { Unknowns } from './unknowns.ts'

type Reader = Pick<Destinations, 'hasDispatch'>

const FAMILIES = ['ipv4', 'ipv6'] as const

/** Whether nodes of this family were dumped and none has rules of kube-proxy: where its Services' packets go is then not known. */
export function lacksProxy(destinations: Reader, side: Side, family: string): boolean {
  const dumped = dumpsOf(side, family)
  return dumped.length > 0 && !dumped.some(({ versions }) => destinations.hasDispatch(versions))
}

/** A family without rules on both sides is one that the cluster does not use, unless the other has none either. */
export function addUnproxied(destinations: Reader, before: Side, after: Side, unknowns: Unknowns): void {
  const has = (side: Side, family: string) => dumpsOf(side, family).some(({ versions }) => destinations.hasDispatch(versions))
  for (const [name, side, against] of [['before', before, after], ['after', after, before]] as const) {
    for (const family of FAMILIES) {
      const isUsed = has(against, family) || !FAMILIES.some((each) => has(side, each))
      if (isUsed && lacksProxy(destinations, side, family)) unknowns.add(`where packets to Services go${family === 'ipv6' ? ' (IPv6)' : ''}`, name, NOWHERE_PROXY)
    }
  }
}

function dumpsOf(side: Side, family: string): Part[] {
  return partsOf(side, 'rules').filter((part) => part.node !== null && part.family === family && part.status !== 'failed')
}
