/**
 * An nftables ruleset as `nft list ruleset` shows it, as text or as JSON: shapes only. Text and JSON of one ruleset
 * are the same model, but for what nft's JSON leaves out (comments of tables, sets and chains before nft 1.1, `dynamic`
 * among a set's flags) and for the names that JSON has and text has not (handles).
 */
import type { Element, Statement } from './expression.ts'

export interface Ruleset {
  readonly tables: readonly NftTable[]
  /** Lines or objects that are no part of a ruleset, or that could not be read as one. */
  readonly problems: readonly RulesetProblem[]
  /** False: the text ends in the middle. */
  readonly complete: boolean
}

export interface RulesetProblem {
  /** 1-based; absent for JSON. */
  readonly line?: number
  readonly text: string
}

export interface NftTable {
  /** `ip`, `ip6`, `inet`; also `arp`, `bridge`, `netdev`. */
  readonly family: string
  readonly name: string
  readonly handle?: number
  readonly comment?: string
  /** `dormant`: its chains are not hooked in. `owner`, `persist`. */
  readonly flags: readonly string[]
  /** `# Warning: table ip nat is managed by iptables-nft, do not touch!` */
  readonly managedByIptables: boolean
  readonly chains: ReadonlyMap<string, NftChain>
  readonly sets: ReadonlyMap<string, NftSet>
  readonly objects: readonly NftObject[]
  /** What stands in it and could not be read: a chain, a set. */
  readonly unread: readonly RulesetProblem[]
}

export interface BaseHook {
  /** `filter`, `nat`, `route`. */
  readonly type: string
  /** `prerouting`, `input`, `forward`, `output`, `postrouting`, `ingress`, `egress`. */
  readonly hook: string
  readonly priority: number
  readonly devices: readonly string[]
  readonly policy?: string
  /** `offload`. */
  readonly flags: readonly string[]
}

export interface NftChain {
  readonly name: string
  readonly handle?: number
  readonly comment?: string
  readonly base?: BaseHook
  readonly rules: readonly NftRule[]
}

export interface NftRule {
  readonly statements: readonly Statement[]
  readonly comment?: string
  readonly handle?: number
}

/** A set, a map, or a meter (an old word for a set that rules fill). */
export interface NftSet {
  readonly kind: 'set' | 'map' | 'meter'
  readonly name: string
  readonly handle?: number
  readonly comment?: string
  /** `ipv4_addr . inet_service`, of a map the key's. `typeof` ones as they are written: `ct mark . tcp dport`. */
  readonly type: string
  readonly typeOf: boolean
  /** Of a map: what it leads to, `verdict` among others. */
  readonly data?: string
  readonly flags: readonly string[]
  /** Seconds. */
  readonly timeout?: number
  /** Seconds. */
  readonly garbageCollection?: number
  readonly size?: number
  readonly policy?: string
  readonly autoMerge: boolean
  /** What each element of the set carries: a counter, a limit. */
  readonly statements: readonly Statement[]
  readonly elements: readonly Element[]
}

/** A named counter, quota, limit, ct helper, flowtable, …: kept as it stands. */
export interface NftObject {
  /** `counter`, `ct helper`, `flowtable`. */
  readonly kind: string
  readonly name: string
  readonly handle?: number
  /** The lines between its braces. */
  readonly text?: string
  readonly json?: Readonly<Record<string, unknown>>
}
