/** Every match module by name: how it is decided, or why it cannot be. */
import type { Match } from '../../../parse/iptables/rule.ts'
import { words } from '../../../words.ts'
import { isMulticast } from '../address.ts'
import { endsOf } from '../flow.ts'
import { rangeParts } from './address.ts'
import { addressTypeParts } from './address-type.ts'
import { statisticParts } from './chance.ts'
import { connectionParts } from './connection.ts'
import { icmpParts } from './icmp.ts'
import { connectionMarkParts, markParts } from './marks.ts'
import { matchWords, negateIf, type Part, type Situation, undecided } from './part.ts'
import { multiportParts, protocolParts } from './ports.ts'
import { recentParts } from './recent.ts'
import { setParts } from './set.ts'
import { ask, not } from './truth.ts'

const DECIDED: Readonly<Record<string, (match: Match) => Part[]>> = words({
  tcp: protocolParts,
  udp: protocolParts,
  udplite: protocolParts,
  sctp: protocolParts,
  dccp: protocolParts,
  multiport: multiportParts,
  icmp: icmpParts,
  icmp6: icmpParts,
  icmpv6: icmpParts,
  addrtype: addressTypeParts,
  iprange: rangeParts,
  conntrack: connectionParts,
  state: connectionParts,
  mark: markParts,
  connmark: connectionMarkParts,
  statistic: statisticParts,
  recent: recentParts,
  set: setParts,
  physdev: physicalDeviceParts,
  pkttype: packetTypeParts,
  // Both match always: one is text, the other counts.
  comment: () => [],
  nfacct: () => []
})

/** Answers that change from packet to packet at one place, so two rules asking alike ask two things. */
const PER_PLACE: Readonly<Record<string, string>> = words({
  limit: 'depends on the rate of packets',
  hashlimit: 'depends on the rate of packets',
  connlimit: 'depends on the number of connections open',
  quota: 'depends on the bytes seen before',
  rateest: 'depends on the rate of packets'
})

const PER_PACKET: Readonly<Record<string, string>> = words({
  connbytes: 'depends on the bytes of the connection so far',
  connlabel: 'the connection’s labels are not known',
  cgroup: 'depends on the sending process',
  owner: 'depends on the sending process',
  socket: 'depends on the sockets open on the node',
  time: 'depends on the time of day',
  mac: 'the hardware address is not known',
  length: 'the packet’s length is not known',
  string: 'depends on the packet’s contents',
  u32: 'depends on the packet’s contents',
  bpf: 'depends on the packet’s contents',
  rpfilter: 'depends on the node’s routes back to the source',
  policy: 'depends on the node’s IPsec policies'
})

export function matchParts(match: Match): Part[] {
  if (match.opaque) return [opaquePart(match, 'the match or one of its options is not known')]
  const decided = Object.hasOwn(DECIDED, match.module) ? DECIDED[match.module] : undefined
  if (decided) return decided(match)
  const perPlace = PER_PLACE[match.module]
  if (perPlace) return [placePart(match, perPlace)]
  return [opaquePart(match, PER_PACKET[match.module] ?? `what ${match.module} matches is not known from the rules`)]
}

/** What these look at no target changes but NAT. */
const BESIDE_HEADER: ReadonlySet<string> = new Set([
  'connbytes',
  'connlabel',
  'cgroup',
  'owner',
  'socket',
  'time',
  'mac',
  'length',
  'string',
  'rpfilter',
  'policy',
  'helper',
  'cpu',
  'devgroup',
  'realm'
])

/** The header may have been rewritten between two visits, so the answer is only kept for the same header. */
function opaquePart(match: Match, reason: string): Part {
  const words = matchWords(match)
  const beside = !match.opaque && BESIDE_HEADER.has(match.module)
  return {
    check: ({ flow }) =>
      ask({ id: `${words} ${endsOf(flow)}${beside ? '' : ` ${flow.headerChanges}`}`, text: `${words} matches`, reason })
  }
}

function placePart(match: Match, reason: string): Part {
  const words = matchWords(match)
  return { check: (situation) => ask({ id: `${words} at ${situation.place()}`, text: `${words} matches`, reason }) }
}

/** Only a packet that came over a bridge has a physical device; what the host sends did not. */
function physicalDeviceParts(match: Match): Part[] {
  return match.options.map((option) => {
    const unknown = undecided(match, option, 'whether the packet crosses a bridge is not known')
    const notBridged = ({ flow }: Situation): boolean => flow.fromHost && option.name !== '--physdev-out'
    return { check: (situation) => (notBridged(situation) ? option.negated : unknown.check(situation)) }
  })
}

/** The kernel takes the link layer's word; for a packet that is routed it is that of its destination. */
function packetTypeParts(match: Match): Part[] {
  return match.options.map((option) =>
    negateIf(option.negated, ({ flow, host }) => {
      const [wanted] = option.args
      const { destination } = flow
      if (destination && isMulticast(destination)) return wanted === 'multicast'
      const broadcast = destination ? host.isBroadcast(destination) : false
      if (wanted === 'broadcast') return broadcast
      return wanted === 'unicast' && not(broadcast)
    })
  )
}
