/** What the evaluator answers: every way the packet can go, how likely, and on what it depends. */
import type { Backend, Hook } from './packet.ts'

/** `unknown`: the rules known do not say. */
export type Verdict = 'accepted' | 'dropped' | 'rejected' | 'unknown'

/** Something the rules depend on and the snapshot does not tell. */
export interface Condition {
  /** Equal for the same question within one evaluation. */
  readonly id: string
  readonly holds: boolean
  /** The question, to be read as "if …": `the packet arrives on eth0`, `-m set --match-set blocked src matches`. */
  readonly text: string
  /** Why it can not be decided. */
  readonly reason: string
  /** The rule that asked first, absent when no rule did (routing). */
  readonly rule?: Place
  /** What holds for a client never seen before, for conditions about the client's history (`-m recent`). */
  readonly newClient?: boolean
}

export interface Place {
  readonly hook: Hook
  /** `nat`; of nftables with its family: `ip kube-proxy`. */
  readonly table: string
  readonly chain: string
  readonly ruleNumber: number
  readonly ruleText: string
}

export type StepKind =
  | 'match' // a rule that lets the packet go on: LOG, TCPMSS, a rule without target
  | 'jump'
  | 'goto'
  | 'return'
  | 'rewrite' // DNAT, REDIRECT, SNAT, MASQUERADE, NETMAP
  | 'mark' // MARK, CONNMARK, NOTRACK
  | 'verdict'
  | 'policy'
  | 'route' // the routing decision: no table, no chain

export interface Step {
  readonly kind: StepKind
  readonly hook: Hook
  /** `nat`; of nftables with its family: `ip kube-proxy`. */
  readonly table?: string
  readonly chain?: string
  /** Whose rules these are, where the host has rules of both. */
  readonly backend?: Backend
  /** Calls above this step within its table's traversal: 0 in a built-in chain. */
  readonly depth: number
  /** Absent for `policy`, `route` and the end of a chain. */
  readonly ruleNumber?: number
  readonly ruleText?: string
  /** Where it leads: the chain called, the verdict, the interface or `local`. */
  readonly to?: string
  /** The chance of this branch where the rule draws one (`-m statistic`). */
  readonly share?: number
  /** What a `rewrite` or `mark` changed: `10.43.0.10:53` → `10.42.1.4:53`, `0x0` → `0x4000`. */
  readonly before?: string
  readonly after?: string
}

/** The packet as it leaves the rules. A part that cannot be known is absent. */
export interface PacketAfter {
  readonly protocol: string
  readonly source?: string
  readonly sourcePort?: number
  readonly destination?: string
  readonly destinationPort?: number
  readonly mark?: number
}

export interface Outcome {
  readonly verdict: Verdict
  /**
   * Set where it met rules that are not read, so that the verdict is `unknown`: what iptables alone would do. `packet` is what those
   * would make of it.
   */
  readonly doubted?: Verdict
  /** Delivered to the node itself (through INPUT) or stopped on the way there. */
  readonly local: boolean
  readonly packet: PacketAfter
  /** The destination was rewritten: DNAT, REDIRECT or NETMAP. */
  readonly destinationNat: boolean
  /** A MASQUERADE rule took the packet. `unknown` when its way ends before that can be said. */
  readonly masqueraded: boolean | 'unknown'
  /** The source rewritten by MASQUERADE, SNAT or NETMAP; without address when the kernel's choice is not known. */
  readonly sourceNat?: { readonly address?: string; readonly port?: number }
  readonly outInterface?: string
  /** `icmp-port-unreachable`, `tcp-reset`, … of a REJECT. */
  readonly rejectWith?: string
  /**
   * Part of the packets that go this way when the conditions are as said. For each way the conditions can be,
   * the shares of the outcomes that agree with it add up to 1.
   */
  readonly share: number
  readonly conditions: readonly Condition[]
  /** What was taken for granted, not known: `the node forwards packets (net.ipv4.ip_forward is not known)`. */
  readonly assumptions: readonly string[]
  /** One line: the rule, policy or routing decision that settled it. */
  readonly why: string
  readonly steps: readonly Step[]
}

/** True unless the outcome supposes a client seen before (session affinity). */
export function isForNewClient(outcome: Outcome): boolean {
  return outcome.conditions.every((each) => each.newClient === undefined || each.holds === each.newClient)
}
