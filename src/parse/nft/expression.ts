/** Expressions and statements of nftables rules, in the terms of nft(8) and libnftables-json(5). Shapes only. */

/** A name, an address, a number; `true` and `false` are `exists` and `missing`; `*` is any key. */
export type Literal = string | number | boolean

export type Expression =
  | Literal
  | Prefix
  | Range
  | List
  | Concatenation
  | AnonymousSet
  | Reference
  | Payload
  | RawPayload
  | Meta
  | Conntrack
  | Fib
  | NumberGenerator
  | Hash
  | OtherSelector
  | Binary
  | MapLookup
  | Verdict

export interface Prefix {
  readonly kind: 'prefix'
  readonly address: Literal
  readonly length: number
}

export interface Range {
  readonly kind: 'range'
  readonly from: Literal
  readonly to: Literal
}

/** `established,related`: bits of one value. */
export interface List {
  readonly kind: 'list'
  readonly items: readonly Literal[]
}

export interface Concatenation {
  readonly kind: 'concatenation'
  readonly parts: readonly Expression[]
}

export interface AnonymousSet {
  readonly kind: 'set'
  readonly elements: readonly Element[]
}

/** `@name`: a set or map of the table. */
export interface Reference {
  readonly kind: 'reference'
  readonly name: string
}

export interface Payload {
  readonly kind: 'payload'
  readonly protocol: string
  readonly field: string
}

/** `@th,16,16`: bits from the beginning of a header. */
export interface RawPayload {
  readonly kind: 'raw'
  readonly base: string
  readonly offset: number
  readonly length: number
}

export interface Meta {
  readonly kind: 'meta'
  readonly key: string
}

export interface Conntrack {
  readonly kind: 'ct'
  readonly key: string
  readonly direction?: 'original' | 'reply'
}

export interface Fib {
  readonly kind: 'fib'
  /** `saddr`, `daddr`, `mark`, `iif`, `oif`. */
  readonly flags: readonly string[]
  /** `type`, `oif`, `oifname`. */
  readonly result: string
}

export interface NumberGenerator {
  readonly kind: 'numgen'
  readonly mode: 'random' | 'inc'
  readonly modulus: number
  readonly offset: number
}

export interface Hash {
  readonly kind: 'jhash' | 'symhash'
  readonly of?: Expression
  readonly modulus: number
  readonly seed?: number
  readonly offset: number
}

/** What is kept by name and not looked into: `rt nexthop`, `socket mark`, `tcp option maxseg size`. */
export interface OtherSelector {
  readonly kind: 'selector'
  readonly words: string
}

export type Operator = '&' | '|' | '^' | '<<' | '>>'

export interface Binary {
  readonly kind: 'binary'
  readonly operator: Operator
  readonly left: Expression
  readonly right: Expression
}

export interface MapLookup {
  readonly kind: 'map'
  readonly key: Expression
  readonly data: Expression
}

export interface Verdict {
  readonly kind: 'verdict'
  readonly verdict: 'accept' | 'drop' | 'continue' | 'return' | 'jump' | 'goto'
  readonly chain?: string
}

/** Of a set or map. */
export interface Element {
  readonly key: Expression
  readonly data?: Expression
  /** Seconds. */
  readonly timeout?: number
  /** Seconds. */
  readonly expires?: number
  readonly comment?: string
  readonly statements?: readonly Stateful[]
}

/** What keeps count: of the packets of a rule, or of an element of a set. */
export type Stateful = Counter | Limit | Quota | ConnectionCount | Unread

export type Statement =
  | Verdict
  | Match
  | VerdictMap
  | Counter
  | Limit
  | Quota
  | Log
  | Reject
  | Nat
  | Assignment
  | SetUpdate
  | ConnectionCount
  | ObjectUse
  | Named
  | Unread

/** `in`: any of the bits, written without an operator. `!`: none of them. */
export type Comparison = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!'

export interface Match {
  readonly kind: 'match'
  readonly operator: Comparison
  readonly left: Expression
  readonly right: Expression
}

export interface VerdictMap {
  readonly kind: 'vmap'
  readonly key: Expression
  readonly data: Expression
}

export interface Counter {
  readonly kind: 'counter'
  readonly packets?: number
  readonly bytes?: number
}

export interface Limit {
  readonly kind: 'limit'
  readonly rate: number
  /** `second`, `minute`, `hour`, `day`, `week`. */
  readonly per: string
  readonly over: boolean
  readonly burst: number
  /** `bytes`, `kbytes`, `mbytes`; absent for packets. */
  readonly unit?: string
  readonly burstUnit?: string
}

export interface Quota {
  readonly kind: 'quota'
  readonly over: boolean
  readonly amount: number
  readonly unit: string
  readonly used?: number
  readonly usedUnit?: string
}

export interface Log {
  readonly kind: 'log'
  readonly prefix?: string
  readonly group?: number
  readonly snaplen?: number
  readonly queueThreshold?: number
  readonly level?: string
  readonly flags: readonly string[]
}

export interface Reject {
  readonly kind: 'reject'
  /** `icmp`, `icmpv6`, `icmpx`, `tcp reset`; absent: port unreachable, of whichever ICMP the packet's is. */
  readonly type?: string
  readonly code?: Literal
}

export interface Nat {
  readonly kind: 'nat'
  readonly action: 'dnat' | 'snat' | 'masquerade' | 'redirect'
  /** Said where the table alone does not tell. */
  readonly family?: string
  readonly address?: Expression
  readonly port?: Expression
  readonly flags: readonly string[]
  /** The network part is swapped, the host part kept. */
  readonly prefix: boolean
}

export interface Assignment {
  readonly kind: 'assign'
  readonly target: Expression
  readonly value: Expression
}

export interface SetUpdate {
  readonly kind: 'update'
  readonly operation: 'add' | 'update' | 'delete'
  readonly set: string
  readonly element: Element
  /** Asked for each element, before the packet goes on. */
  readonly statements: readonly Stateful[]
}

export interface ConnectionCount {
  readonly kind: 'ct count'
  readonly over: boolean
  readonly count: number
}

/** `counter name "x"`, `limit name "x"`, `ct helper set "x"`. */
export interface ObjectUse {
  readonly kind: 'object'
  readonly type: string
  readonly name: Expression
}

/** `notrack`, `queue to 1-3`, `flow add @f`, `xt target "MASQUERADE"`: known by its first word, and kept as it is written. */
export interface Named {
  readonly kind: 'named'
  readonly name: 'notrack' | 'queue' | 'flow' | 'xt'
  readonly words: string
}

/**
 * What is not known. Of text it is the rest of the rule, of JSON one statement. `hidden`: nft itself did not show it
 * (an extension of iptables that it does not know); a gap in the line is all that is left.
 */
export interface Unread {
  readonly kind: 'unread'
  readonly text?: string
  readonly json?: unknown
  readonly hidden?: true
}
