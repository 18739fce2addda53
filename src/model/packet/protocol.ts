import { words } from '../../words.ts'

/** IP protocol numbers of the names iptables prints (libxtables' own list and common /etc/protocols entries). */

const NUMBERS: Readonly<Record<string, number>> = words({
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  ospf: 89,
  ipip: 94,
  ipcomp: 108,
  vrrp: 112,
  sctp: 132,
  dccp: 33,
  'mobility-header': 135,
  'ipv6-mh': 135,
  mh: 135,
  udplite: 136
})

export const TCP = 6
export const ICMP = 1
export const ICMPV6 = 58

/** Protocols whose ports the port matches read. */
export const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136])

/** Undefined: not a name known here. `all` and 0 mean any protocol to iptables. */
export function protocolNumber(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name)
  return name === 'all' ? 0 : NUMBERS[name.toLowerCase()]
}
