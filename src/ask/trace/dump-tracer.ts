import { isIP, isIPv6 } from 'node:net'
import { evaluate } from '../../model/packet/evaluate.ts'
import { nftRulesOf, type RuleSystems } from '../../model/packet/nft/rules.ts'
import type { Outcome } from '../../model/packet/outcome.ts'
import type { BothBackends, Family, Packet, Rules } from '../../model/packet/packet.ts'
import { UserError } from '../../problem.ts'
import { parseDestination, type TransportProtocol } from './destination.ts'
import { type DumpedNode, dumpedHost } from './dumped-node.ts'
import { outside, type Sender } from './sender.ts'
import { settingsAssumed } from './settings.ts'
import type { Target } from './target.ts'
import type { NodeTrace, Tracer } from './trace.ts'
import { ANSWERS, addressOf, type Way, whyOf } from './walk.ts'
import { isLeftToOthers, lacksProxy, WITHOUT_PROXY } from './without-proxy.ts'

/** Traces packets through one node's rules without any snapshot: where they leave the node, the answer ends. */
export function dumpTracer(node: DumpedNode): Tracer {
  const known = new Map<Family, KnownRules | undefined>()
  return ({ destination, protocol = 'tcp', from, inInterface }) => {
    const target = addressTarget(destination, protocol)
    const family = isIPv6(target.address) ? 6 : 4
    const sender = addressSender(from, family)
    if (!known.has(family)) known.set(family, knownRules(node, family))
    const rules = known.get(family)
    if (!rules)
      throw new UserError(
        `trace: ${destination} needs the node's IPv${family} rules; give ${family === 6 ? 'ip6tables-save with --ip6-dump' : 'iptables-save with --dump'}, or nft list ruleset with --nft`
      )
    const packet: Packet = {
      protocol,
      destination: target.address,
      destinationPort: target.port,
      ...(sender.address !== undefined && { source: sender.address }),
      ...(inInterface !== undefined && { inInterface })
    }
    return { asked: destination, protocol, nodes: [throughDump(node, rules, target, sender, packet)] }
  }
}

function addressTarget(text: string, protocol: TransportProtocol): Target {
  const { kind, host, port } = parseDestination(text, protocol)
  if (kind !== 'address')
    throw new UserError(`trace: ${text}: a dump knows no names; give IP:port or [IPv6]:port, or trace in a snapshot`)
  return { address: host, port: Number(port), protocol, assumptions: [] }
}

function addressSender(from: string | undefined, family: Family): Sender {
  if (from === undefined || from === 'external') return outside(family)
  if (isIP(from) === 0 || from.includes('%'))
    throw new UserError(`trace: "${from}": a dump knows no pods and nodes; give the sender's address, or external`)
  if (isIPv6(from) !== (family === 6)) throw new UserError(`trace: ${from} cannot send to an IPv${family} address`)
  return { name: from, address: from }
}

interface KnownRules {
  readonly rules: Rules | BothBackends | RuleSystems
  readonly family: Family
  readonly iptables: readonly Rules[]
  readonly assumptions: readonly string[]
  /** What is taken for granted of what is not given. */
  readonly notGiven: readonly string[]
}

/** Undefined: nothing of this family is given. */
function knownRules({ rules, nft }: DumpedNode, family: Family): KnownRules | undefined {
  const dumped = rules.get(family)
  const iptables = dumped === undefined ? [] : 'family' in dumped.rules ? [dumped.rules] : dumped.rules
  if (!nft)
    return dumped && { rules: dumped.rules, family, iptables, assumptions: dumped.assumptions, notGiven: [NO_NFT] }
  return {
    rules: { family, iptables, nft: nftRulesOf(nft, family, iptables) },
    family,
    iptables,
    assumptions: dumped ? dumped.assumptions : [],
    notGiven: dumped ? [] : [NO_IPTABLES]
  }
}

function throughDump(node: DumpedNode, known: KnownRules, target: Target, sender: Sender, packet: Packet): NodeTrace {
  const { outcomes, assumptions } = evaluated(node.addresses, known, packet)
  const taken = [...known.assumptions, ...assumptions, ...settingsAssumed(known.iptables, packet)]
  const unproxied = !node.nft && lacksProxy(known.iptables)
  return {
    node: node.name,
    sender,
    target,
    ways: outcomes.map((outcome) => {
      const way = wayOf(node, { ...outcome, assumptions: [...taken, ...outcome.assumptions, ...known.notGiven] })
      return unproxied && isLeftToOthers(outcome) ? leftToOthers(way) : way
    })
  }
}

const NO_NFT = 'no nft tables but those of iptables act on the node (its nft ruleset is not given)'
const NO_IPTABLES = 'no rules of iptables-legacy act on the node (what its iptables-save prints is not given)'

/** Without the Services nobody can say which addresses the other proxy serves. */
function leftToOthers(way: Way): Way {
  const arrival = { verdict: 'unknown', address: null, why: WITHOUT_PROXY } as const
  return { ...way, arrival, seenSource: null, masqueraded: 'unknown' }
}

interface Evaluated {
  readonly outcomes: readonly Outcome[]
  readonly assumptions: readonly string[]
}

/** Where the node's addresses are not given, both cases of the destination are asked, and told apart if they differ. */
function evaluated(addresses: readonly string[] | undefined, known: KnownRules, packet: Packet): Evaluated {
  const { rules, family, iptables } = known
  const given = evaluate(rules, dumpedHost(addresses ?? [], family, iptables), packet)
  if (addresses) return { outcomes: given, assumptions: [] }
  const assumptions = [
    "no address of the node is given (--node-ip): the sender's and any rewritten one are taken not to be its own"
  ]
  const own = evaluate(rules, dumpedHost([packet.destination], family, iptables), packet)
  if (ends(own) === ends(given)) return { outcomes: given, assumptions }
  return { outcomes: [...supposing(own, packet, true), ...supposing(given, packet, false)], assumptions }
}

function ends(outcomes: readonly Outcome[]): string {
  return JSON.stringify(
    outcomes.map((outcome) => [
      outcome.verdict,
      outcome.local,
      outcome.packet,
      outcome.masqueraded,
      outcome.share,
      outcome.conditions.map(({ id, holds }) => [id, holds])
    ])
  )
}

function supposing(outcomes: readonly Outcome[], { destination }: Packet, holds: boolean): Outcome[] {
  const text = `${destination} is an address of the node`
  const condition = { id: text, text, holds, reason: 'no address of the node is given (--node-ip)' }
  return outcomes.map((outcome) => ({ ...outcome, conditions: [condition, ...outcome.conditions] }))
}

function wayOf({ name }: DumpedNode, outcome: Outcome): Way {
  return {
    stages: [{ place: name === null ? 'node' : `node/${name}`, steps: outcome.steps }],
    arrival: { verdict: outcome.verdict, address: addressOf(outcome), why: whyOf(outcome) },
    share: outcome.share,
    masqueraded: outcome.masqueraded,
    seenSource: outcome.packet.source ?? null,
    conditions: outcome.conditions,
    assumptions: [...outcome.assumptions, ...(outcome.verdict === 'accepted' ? [ANSWERS] : [])]
  }
}
