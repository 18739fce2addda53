/**
 * What the evaluator is asked about: a packet, the node it meets, and that node's rules.
 * Shapes only. What it answers is in outcome.ts.
 */
import type { Unreadable } from '../../parse/iptables/rule.ts'

export type Family = 4 | 6

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

export type Backend = 'legacy' | 'nft'

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

export type ConnectionState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED'

export type TcpFlag = 'FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG'

/**
 * An address to send from when "some client outside" is meant and no rule should name it:
 * documentation ranges (RFC 5737 TEST-NET-1, RFC 3849).
 */
export const EXTERNAL_CLIENT: Readonly<Record<Family, string>> = { 4: '192.0.2.1', 6: '2001:db8:0:ffff::1' }

export interface Packet {
  /** `tcp`, `udp`, `sctp`, `icmp`, `icmpv6`, … or a number. */
  readonly protocol: string
  /** Absent: a sender outside the node whose address is not known; every `-s` match is then undecided. */
  readonly source?: string
  /** Absent: some port; every source port match is then undecided. */
  readonly sourcePort?: number
  readonly destination: string
  readonly destinationPort?: number
  /** Absent: taken from the routes back to the source when the host has routes, else undecided. */
  readonly inInterface?: string
  /** Default NEW: the first packet of a connection. */
  readonly state?: ConnectionState
  /** A reply packet of the connection. Default false. */
  readonly reply?: boolean
  /** Default 0. */
  readonly mark?: number
  /** Default 0 for NEW; absent otherwise: undecided. */
  readonly connectionMark?: number
  /** Default for a NEW TCP packet: SYN; absent otherwise: undecided. */
  readonly tcpFlags?: readonly TcpFlag[]
  readonly icmpType?: number
  readonly icmpCode?: number
}

export interface HostAddress {
  readonly address: string
  /** Prefix length, of which the broadcast address follows. */
  readonly prefix: number
  readonly interface?: string
}

export interface Route {
  /** `default` or an address with prefix. */
  readonly destination: string
  readonly interface?: string
  readonly gateway?: string
  readonly metric?: number
  /** The address that the host's own packets have which take it. */
  readonly source?: string
  /** `unicast` when absent. `blackhole`, `unreachable`, `prohibit` stop the packet. */
  readonly type?: string
}

export interface IpSet {
  /** As `ipset list` names it: `hash:ip,port`. */
  readonly type: string
  /** As `ipset save` writes them after the type: `family inet netmask 24`. */
  readonly options?: string
  /** Entries as `ipset save` writes them: `10.0.0.1,tcp:80`, `10.0.0.0/8 nomatch`. */
  readonly members: readonly string[]
}

/** Rules that packets meet at a hook beside those of iptables, and that are not read: what passes them is unknown. */
export interface UnreadHook {
  /** Absent: whichever. */
  readonly hook?: Hook
  /** The lower, the earlier: iptables' filter is 0. Absent: not known. */
  readonly priority?: number
  /** Whose they are: `nft table inet fw, chain forward (policy drop)`. */
  readonly name: string
}

/** The network namespace the rules live in: a node, or a pod for rules read inside a pod. */
export interface Host {
  /** In the order of `ip address` (the choice of a masquerade source depends on it). Loopback may be left out. */
  readonly addresses: readonly HostAddress[]
  /** `some`: there may be more, so an address not listed may still be the host's own. Default `all`. */
  readonly addressesKnown?: 'all' | 'some'
  /** The main routing table. Absent: interfaces are undecided. */
  readonly routes?: readonly Route[]
  /** A set of this name as far as the host's sets are known. Asked only for those that a packet meets. */
  readonly ipset?: (name: string) => IpSet | undefined
  /** Rules beside those of iptables that are not read. */
  readonly unread?: readonly UnreadHook[]
  /** `net.ipv4.ip_forward` → `1`. What is absent is not known. */
  readonly sysctls?: ReadonlyMap<string, string>
}

/** A rule without `-A CHAIN`, as dumped; of a listing, with what of it the listing does not show. */
export type RuleText = string | { readonly text: string; readonly unreadable: readonly Unreadable[] }

export interface RuleChain {
  /** ACCEPT or DROP for a built-in chain, null for a user chain. */
  readonly policy: string | null
  /** Interpreted when a packet first comes to them. */
  readonly rules: readonly RuleText[]
  /** False: the dump broke off, rules may be missing at the end. */
  readonly complete: boolean
}

/**
 * The rules of one node and address family, asked for chain by chain so that only what is walked need be loaded.
 * `chain` must answer with the same object each time: indexes and compiled matches are kept beside it.
 */
export interface Rules {
  readonly family: Family
  /** Absent: legacy. iptables-nft hooks its security table in behind nat's INPUT (priority 150; legacy's is 50). */
  readonly backend?: Backend
  /** Set where nothing is known of any table, and that it is there: what it is, in words. */
  readonly unseen?: string
  /** `absent`: the node has no such table, nothing happens there. `unknown`: not captured, or only in part. */
  table(table: TableName): 'present' | 'absent' | 'unknown'
  /** Undefined: no such chain in what was captured. */
  chain(table: TableName, name: string): RuleChain | undefined
}

/** The rules of both backends on one host, of one family: the kernel asks both. */
export type BothBackends = readonly [Rules, Rules]
