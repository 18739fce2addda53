import type { Packet, Rules } from '../../model/packet/packet.ts'

const ROUTE_LOCALNET = 'net.ipv4.conf.all.route_localnet'

/**
 * Kernel settings that kube-proxy makes, for snapshots in which the node's own were not read: in iptables mode it sets route_localnet, because its
 * rules for node ports at loopback addresses need it (pkg/proxy/iptables/proxier.go, NewProxier).
 */
export function assumedSettings(rules: Rules | readonly Rules[]): ReadonlyMap<string, string> {
  return new Map(hasKubeProxy(rules) ? [[ROUTE_LOCALNET, '1']] : [])
}

/** What to say of them in the answer about a packet that depends on them. */
export function settingsAssumed(rules: Rules | readonly Rules[], packet: Packet): string[] {
  const loopback = [packet.source, packet.destination].some((address) => address?.startsWith('127.'))
  return loopback && hasKubeProxy(rules) ? [`${ROUTE_LOCALNET} is 1, as kube-proxy sets it`] : []
}

function hasKubeProxy(rules: Rules | readonly Rules[]): boolean {
  return ('family' in rules ? [rules] : rules).some(
    (each) => each.family === 4 && each.chain('nat', 'KUBE-SERVICES') !== undefined
  )
}
