import type { Packet, Rules } from '../../model/packet/packet.ts'

const ROUTE_LOCALNET = 'net.ipv4.conf.all.route_localnet'

/**
 * Kernel settings that no snapshot has but kube-proxy makes: in iptables mode it sets route_localnet, because its
 * rules for node ports at loopback addresses need it (pkg/proxy/iptables/proxier.go, NewProxier).
 */
export function assumedSettings(rules: Rules): ReadonlyMap<string, string> {
  return new Map(hasKubeProxy(rules) ? [[ROUTE_LOCALNET, '1']] : [])
}

/** What to say of them in the answer about a packet that depends on them. */
export function settingsAssumed(rules: Rules, packet: Packet): string[] {
  const loopback = [packet.source, packet.destination].some((address) => address?.startsWith('127.'))
  return loopback && hasKubeProxy(rules) ? [`${ROUTE_LOCALNET} is 1, as kube-proxy sets it`] : []
}

function hasKubeProxy(rules: Rules): boolean {
  return rules.family === 4 && rules.chain('nat', 'KUBE-SERVICES') !== undefined
}
