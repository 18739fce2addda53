import { words } from '../../words.ts'

/** Words that begin an expression which reads something of the packet (nft(8), primary and payload expressions). */

const TH = ['sport', 'dport']

/** Fields of each header by the name nft gives it. */
export const PAYLOAD_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = words({
  ether: new Set(['daddr', 'saddr', 'type']),
  vlan: new Set(['id', 'dei', 'cfi', 'pcp', 'type']),
  arp: new Set(['htype', 'ptype', 'hlen', 'plen', 'operation']),
  ip: new Set('version hdrlength dscp ecn length id frag-off ttl protocol checksum saddr daddr'.split(' ')),
  ip6: new Set('version dscp ecn flowlabel length nexthdr hoplimit saddr daddr'.split(' ')),
  icmp: new Set('type code checksum id sequence gateway mtu'.split(' ')),
  icmpv6: new Set('type code checksum parameter-problem packet-too-big id sequence max-delay taddr daddr'.split(' ')),
  igmp: new Set('type mrt checksum group'.split(' ')),
  tcp: new Set([...TH, ...'sequence ackseq doff reserved flags window checksum urgptr'.split(' ')]),
  udp: new Set([...TH, 'length', 'checksum']),
  udplite: new Set([...TH, 'csumcov', 'checksum']),
  sctp: new Set([...TH, 'vtag', 'checksum']),
  dccp: new Set([...TH, 'type']),
  th: new Set(TH),
  ah: new Set('nexthdr hdrlength reserved spi sequence'.split(' ')),
  esp: new Set(['spi', 'sequence']),
  comp: new Set(['nexthdr', 'flags', 'cpi']),
  gre: new Set(['flags', 'version', 'protocol']),
  vxlan: new Set(['vni', 'flags']),
  geneve: new Set(['vni', 'type'])
})

/** Headers of IPv6 that may be absent. */
export const EXTENSION_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = words({
  hbh: new Set(['nexthdr', 'hdrlength']),
  frag: new Set('nexthdr reserved frag-off reserved2 more-fragments id'.split(' ')),
  rt: new Set(['nexthdr', 'hdrlength', 'type', 'seg-left']),
  dst: new Set(['nexthdr', 'hdrlength']),
  mh: new Set('nexthdr hdrlength type reserved checksum'.split(' ')),
  srh: new Set(['flags', 'tag', 'sid', 'seg-left'])
})

/** Keys of `meta` that may stand without the word. */
export const BARE_META: ReadonlySet<string> = new Set(
  'iif oif iifname oifname iifgroup oifgroup iiftype oiftype mark skuid skgid nftrace rtclassid pkttype cpu cgroup'.split(
    ' '
  )
)

/** How many words follow, for selectors kept by name. */
export const OTHER_SELECTORS: Readonly<Record<string, ReadonlySet<string>>> = words({
  socket: new Set(['transparent', 'mark', 'wildcard']),
  rt: new Set(['classid', 'nexthop', 'mtu', 'ipsec']),
  osf: new Set(['name', 'version'])
})

/** Selectors whose value is a set of bits: a value without an operator asks for any of them. */
export function isBitmask(kind: string, key: string): boolean {
  if (kind === 'ct') return key === 'state' || key === 'status' || key === 'event' || key === 'label'
  return kind === 'payload' && key === 'tcp flags'
}
