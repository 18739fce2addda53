import type { Outcome } from '../../model/packet/outcome.ts'
import type { Packet, Rules } from '../../model/packet/packet.ts'

const WHY_NOT =
  'it runs in another mode, whose rules (nft, ipvs) snap does not read, another proxy serves, or they were flushed'

/** Why it is not known what becomes of a packet to a Service that a node's iptables leave as it is. */
export const WITHOUT_PROXY = `the node's iptables do not hold kube-proxy's rules: ${WHY_NOT}`

/** The same of all nodes. */
export const NOWHERE_PROXY = `no iptables of a node in this snapshot hold kube-proxy's rules: ${WHY_NOT}`

/**
 * Whether a proxy that is not in iptables may have translated the destination before, or instead of, what iptables did: no table
 * before nat ended its way.
 */
export function isLeftToOthers({ steps }: Outcome): boolean {
  const last = steps.at(-1)
  return !(
    (last?.kind === 'verdict' || last?.kind === 'policy') &&
    (last.table === 'raw' || (last.table === 'mangle' && last.hook === 'PREROUTING'))
  )
}

/** Where iptables did not translate: an address of nobody that is known may be one that the proxy serves, or refuses. */
export function isUntouched(sent: Packet, { packet }: Outcome): boolean {
  return packet.destination === sent.destination && packet.destinationPort === sent.destinationPort
}

/** Chains that a kubelet or a kube-proxy of any mode makes. */
const OF_KUBERNETES = [
  ['nat', 'KUBE-SERVICES'],
  ['nat', 'KUBE-KUBELET-CANARY'],
  ['nat', 'KUBE-POSTROUTING'],
  ['filter', 'KUBE-FIREWALL'],
  ['mangle', 'KUBE-IPTABLES-HINT'],
  ['mangle', 'KUBE-KUBELET-CANARY']
] as const

/** Whether the rules are those of a Kubernetes node and no kube-proxy in iptables mode wrote any. */
export function lacksProxy(rules: Rules | readonly Rules[]): boolean {
  const each = 'family' in rules ? [rules] : rules
  return each.some(isOfKubernetes) && !each.some((one) => mayHaveProxy(one))
}

function isOfKubernetes(rules: Rules): boolean {
  return OF_KUBERNETES.some(([table, chain]) => rules.chain(table, chain) !== undefined)
}

function mayHaveProxy(rules: Rules): boolean {
  if (rules.table('nat') !== 'present') return rules.table('nat') === 'unknown'
  const services = rules.chain('nat', 'KUBE-SERVICES')
  if (services?.complete === false) return true
  return (services?.rules ?? []).some((rule) =>
    /-j KUBE-(?:NODEPORTS|SVC-|SVL-|FW-|EXT-|XLB-)/.test(typeof rule === 'string' ? rule : rule.text)
  )
}
