/**
 * What happens to a packet on a node: every outcome with its share and conditions.
 * The order of hooks and tables is the kernel's (include/uapi/linux/netfilter_ipv4.h, NF_IP_PRI_*).
 */
import { formatAddress, isLoopback, isMulticast } from './address.ts'
import { type Branch, Calls, Conditions, withStep } from './branch.ts'
import { Endings } from './ending.ts'
import { type Flow, headerChanged } from './flow.ts'
import { viewHost } from './host.ts'
import type { Sent } from './match/part.ts'
import { ask, type Truth } from './match/truth.ts'
import { type BaseChain, baseChains, doesSomething, type NftRules, type RuleSystems } from './nft/rules.ts'
import { traverseNft } from './nft/traverse.ts'
import type { Outcome, Verdict } from './outcome.ts'
import type { BothBackends, Family, Hook, Host, Packet, Rules, TableName } from './packet.ts'
import { ICMP, ICMPV6 } from './protocol.ts'
import { readPacket } from './sent.ts'
import { restrict } from './share.ts'
import { inOrder, type Stage } from './stage.ts'
import { type Evaluation, traverse } from './traverse.ts'

/**
 * Shares add up to 1 within each way the conditions can be (1e-9). A packet whose source is an address of the host
 * enters at OUTPUT, any other at PREROUTING. An ESTABLISHED packet is taken for one of a connection without NAT.
 * Throws a RangeError when an address or protocol of the packet is not one, or is of another family than the rules.
 */
export function evaluate(rules: Rules | BothBackends | RuleSystems, host: Host, packet: Packet): readonly Outcome[] {
  const { family, iptables, nft } = systemsOf(rules)
  const sent = readPacket(family, packet)
  const conditions = new Conditions()
  const endings = new Endings(packet.protocol)
  return new Path(
    {
      rulesets: iptables,
      host: viewHost(host),
      sent,
      conditions,
      calls: new Calls(iptables[0] ?? nft ?? rules),
      endings
    },
    nft
  ).outcomes()
}

function systemsOf(rules: Rules | BothBackends | RuleSystems): {
  readonly family: Family
  readonly iptables: readonly Rules[]
  readonly nft?: NftRules
} {
  if ('iptables' in rules) return rules
  return 'family' in rules ? { family: rules.family, iptables: [rules] } : { family: rules[0].family, iptables: rules }
}

/** The packet's way through the hooks. */
class Path {
  private readonly evaluation: Evaluation
  private readonly nft: NftRules | undefined
  private readonly known = new Map<Hook, readonly Stage[]>()

  constructor(evaluation: Evaluation, nft: NftRules | undefined) {
    this.evaluation = evaluation
    this.nft = nft
  }

  outcomes(): readonly Outcome[] {
    const { host, sent, endings } = this.evaluation
    const assumptions = assumptionsOf(sent)
    const start: Branch = { flow: sent.flow, share: 1, trail: null, assumptions, passed: undefined }
    const own = sent.flow.source && sent.flow.arrival === null ? host.isOwn(sent.flow.source) : false
    const judged = this.judged(start)
    if (!judged) return endings.outcomes()
    const { yes, no } = this.split(judged, own)
    for (const branch of yes) this.output({ ...branch, flow: { ...branch.flow, fromHost: true } })
    for (const branch of no) this.arrive(branch)
    return endings.outcomes()
  }

  /** Rules that are there and not looked into may let every packet pass, or not. */
  private judged(branch: Branch): Branch | undefined {
    let judged = [branch]
    for (const what of this.nft?.notJudged ?? []) {
      const text = `${what} lets the packet go on unchanged`
      const sides = judged.map((each) => this.split(each, ask({ id: text, text, reason: 'not judged' })))
      for (const { no } of sides) for (const each of no) this.end(each, 'unknown', false, `${what}: not judged`)
      judged = sides.flatMap(({ yes }) => yes)
    }
    return judged[0]
  }

  private arrive(branch: Branch): void {
    const { host } = this.evaluation
    const { source, arrival } = branch.flow
    const route = source && arrival === null ? host.route(source) : undefined
    const seen = this.pass('PREROUTING', [arrivingBy(branch, route?.interface)])
    for (const each of seen) this.route(each)
  }

  /** After PREROUTING: to the host itself, or through it. */
  private route(branch: Branch): void {
    const { destination, toHost } = branch.flow
    const { yes, no } = this.split(branch, toHost || !destination || this.delivered(destination))
    for (const each of yes) this.deliver(each)
    for (const each of no) this.forward(each)
  }

  private delivered(destination: readonly number[]): Truth {
    const { host } = this.evaluation
    if (isMulticast(destination)) return true
    return host.isBroadcast(destination) === true || host.isOwn(destination)
  }

  /** A loopback destination is refused from outside unless route_localnet is on (ip_route_input_slow). */
  private deliver(branch: Branch): void {
    const { destination, looped, arrival } = branch.flow
    const refused = !looped && destination?.length === 1 && isLoopback(destination)
    const { yes, no } = this.split(branch, refused ? this.routesLocalnet(arrival) : true)
    for (const each of no) this.end(each, 'dropped', true, 'to a loopback address (route_localnet is 0)')
    const input = yes.map((each) => withStep(each, { kind: 'route', hook: 'INPUT', depth: 0, to: 'local' }))
    const seen = this.pass('INPUT', input)
    for (const each of seen) this.end(each, 'accepted', true, `delivered to the node, ${passedBy(each)}`)
  }

  private forward(branch: Branch): void {
    const { host, sent } = this.evaluation
    const name = sent.flow.destination!.length === 1 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding'
    const forwarding = host.sysctl(name)
    if (forwarding === '0') return this.end(branch, 'dropped', false, `the node does not forward (${name} is 0)`)
    const assumption = `the node forwards packets (${name} is not known)`
    // One hop fewer: ip_forward() counts it down before FORWARD.
    const counted = { ...branch, flow: headerChanged(branch.flow) }
    const assumed = forwarding === undefined ? assume(counted, assumption) : counted
    const seen = this.pass('FORWARD', this.routeOut(assumed, 'FORWARD'))
    for (const each of seen) this.leave(each)
  }

  private output(branch: Branch): void {
    for (const each of this.pass('OUTPUT', this.chooseRoute(branch), -Infinity, NAT_FIRST)) {
      const routed = each.flow.destinationChanged ? this.chooseRoute(each) : [each]
      for (const again of routed) this.filterOutput(again, each.flow.departure)
    }
  }

  /** `-o` in OUTPUT means the device before NAT, whatever the way afterwards: the kernel reads it once a hook. */
  private filterOutput(branch: Branch, first: string | null): void {
    const { departure } = branch.flow
    const shown = { ...branch, flow: { ...branch.flow, departure: first } }
    for (const each of this.pass('OUTPUT', [shown], NAT_FIRST)) {
      this.leave(departure === first ? each : { ...each, flow: { ...each.flow, departure } })
    }
  }

  /** The routing decision for what the host sends. */
  private chooseRoute(branch: Branch): Branch[] {
    const { destination, toHost } = branch.flow
    const { yes, no } = this.split(branch, toHost || !destination || this.evaluation.host.isOwn(destination))
    const toOthers = no.flatMap((each) => this.routeOut(each, 'OUTPUT')).flatMap((each) => this.mayLeave(each))
    return [...yes.map((each) => withRoute(each, 'OUTPUT', 'lo')), ...toOthers]
  }

  /** A loopback source leaves the host only with route_localnet (__mkroute_output). */
  private mayLeave(branch: Branch): Branch[] {
    const { source, departure } = branch.flow
    const strange = source?.length === 1 && isLoopback(source)
    const { yes, no } = this.split(branch, strange ? this.routesLocalnet(departure) : true)
    for (const each of no) this.end(each, 'dropped', false, 'from a loopback address (route_localnet is 0)')
    return yes
  }

  private leave(branch: Branch): void {
    for (const each of this.pass('POSTROUTING', [branch])) {
      if (each.flow.departure === 'lo') this.loopBack(each)
      else this.end(each, 'accepted', false, `${each.flow.fromHost ? 'sent' : 'forwarded'}, ${passedBy(each)}`)
    }
  }

  /** What the host sends to itself comes in again; NAT is done with it (both directions are set up). */
  private loopBack(branch: Branch): void {
    const again = { ...branch, flow: { ...branch.flow, looped: true, arrival: 'lo', departure: null } }
    for (const each of this.pass('PREROUTING', [again])) this.deliver(each)
  }

  /** All that stands at the hook, or the part of it after one priority and up to another. */
  private pass(hook: Hook, branches: readonly Branch[], after = -Infinity, upTo = Infinity): Branch[] {
    const stages = this.stages(hook)
      .filter(({ priority }) => priority > after && priority <= upTo)
      .map((stage) => ({
        ...stage,
        run: (entering: readonly Branch[]) => stage.run(this.doubted(hook, stage.priority, entering))
      }))
    const seen = inOrder(stages, hook, (branch, truth) => this.split(branch, truth), branches)
    return this.doubted(hook, upTo, seen)
  }

  /** Marks what meets rules that are not read at the hook, up to this priority: verdicts before them stand. */
  private doubted(hook: Hook, priority: number, branches: readonly Branch[]): Branch[] {
    const met = this.evaluation.host.unread.find(
      (each) => (each.hook ?? hook) === hook && (each.priority ?? -Infinity) <= priority
    )
    if (met === undefined) return [...branches]
    return branches.map((branch) =>
      branch.doubt === undefined ? { ...branch, doubt: `meets ${met.name}, which snap does not interpret` } : branch
    )
  }

  private stages(hook: Hook): readonly Stage[] {
    let stages = this.known.get(hook)
    if (!stages) this.known.set(hook, (stages = [...this.filtering(hook), ...this.translating(hook)]))
    return stages
  }

  private filtering(hook: Hook): Stage[] {
    const { rulesets } = this.evaluation
    const tables = TABLES[hook].filter((table) => table !== 'nat')
    const iptables = tables.flatMap((table) => rulesets.map((rules) => this.tableStage(rules, table, hook)))
    const chains = this.chains(hook).filter(({ base }) => base.type !== 'nat')
    return [...iptables, ...this.chainStages(chains, hook)]
  }

  /** All that translates hangs on one hook, whatever its own priority: nf_nat_register_fn. */
  private translating(hook: Hook): Stage[] {
    if (!TABLES[hook].includes('nat')) return []
    const { rulesets } = this.evaluation
    const iptables = rulesets.map((rules) => this.tableStage(rules, 'nat', hook))
    const chains = this.chains(hook).filter(({ base }) => base.type === 'nat')
    const stages = [...iptables, ...this.chainStages(chains, hook)].map((stage) => ({
      ...stage,
      run: (branches: readonly Branch[]) => {
        const [through, past] = partition(branches, ({ flow }) => natLooksAt(flow, hook))
        return [...past, ...stage.run(through)]
      }
    }))
    return [
      {
        name: 'what translates addresses',
        priority: natPriority(hook),
        acts: stages.some(({ acts }) => acts),
        run: (branches) => inOrder(stages, hook, (branch, truth) => this.split(branch, truth), branches)
      }
    ]
  }

  private tableStage(rules: Rules, table: TableName, hook: Hook): Stage {
    const backend = rules.backend ?? 'legacy'
    return {
      name: `iptables-${backend}`,
      table,
      // iptables-nft hooks its security table in behind nat's INPUT.
      priority:
        table === 'nat' ? natPriority(hook) : table === 'security' && backend === 'nft' ? 150 : PRIORITIES[table],
      acts: acts(rules, table, hook),
      run: (branches) => traverse(this.evaluation, rules, hook, table, branches)
    }
  }

  private chains(hook: Hook): BaseChain[] {
    return this.nft ? baseChains(this.nft, hook) : []
  }

  /** Chains of one table and priority follow each other as they are. */
  private chainStages(chains: readonly BaseChain[], hook: Hook): Stage[] {
    const equals = new Map<string, BaseChain[]>()
    for (const chain of chains) {
      const key = `${chain.table.family} ${chain.table.name} ${chain.base.priority}`
      equals.set(key, [...(equals.get(key) ?? []), chain])
    }
    return [...equals.values()].map((alike) => ({
      name: `chain ${alike.map(({ chain }) => chain.name).join(', ')} of table ${alike[0]!.table.family} ${alike[0]!.table.name}`,
      priority: alike[0]!.base.priority,
      acts: alike.some(doesSomething),
      run: (branches) => alike.reduce((live, base) => this.chain(base, hook, live), [...branches])
    }))
  }

  /** The first of a table's translating chains that takes the packet settles it. */
  private chain(base: BaseChain, hook: Hook, branches: readonly Branch[]): Branch[] {
    const nat = base.base.type === 'nat'
    const [through, past] = nat ? partition(branches, ({ flow }) => natLooksAt(flow, hook)) : [branches, []]
    return [...past, ...traverseNft(this.evaluation, base, hook, through)]
  }

  /** Towards another host, by the routes when they are known; empty when there is no way. */
  private routeOut(branch: Branch, hook: Hook): Branch[] {
    const { host } = this.evaluation
    const { destination } = branch.flow
    if (!destination) return [withRoute(branch, hook, null)]
    if (!host.knowsRoutes) return [assume(withRoute(branch, hook, null), ROUTE_ASSUMED)]
    const route = host.route(destination)
    if (route?.type === 'unicast') return [withRoute(branch, hook, route.interface ?? null)]
    const why = route ? `a route of type ${route.type}` : 'no route'
    this.end(branch, 'dropped', false, `${why} to ${formatAddress(destination)}`)
    return []
  }

  private routesLocalnet(device: string | null): Truth {
    const { host } = this.evaluation
    const setting = (of: string) => host.sysctl(`net.ipv4.conf.${of}.route_localnet`)
    const settings = [setting('all'), device === null ? undefined : setting(device)]
    if (settings.includes('1')) return true
    if (settings.every((value) => value === '0')) return false
    const text = 'net.ipv4.conf.all.route_localnet is 1'
    return ask({ id: text, text, reason: 'the setting is not known' })
  }

  private split(branch: Branch, truth: Truth): { yes: Branch[]; no: Branch[] } {
    if (typeof truth === 'boolean') return truth ? { yes: [branch], no: [] } : { yes: [], no: [branch] }
    if ('chance' in truth) throw new TypeError('routing draws no lots')
    const condition = this.evaluation.conditions.of(truth.question)
    const side = (value: boolean): Branch[] => {
      const share = restrict(branch.share, condition, value)
      return share === 0 ? [] : [{ ...branch, share }]
    }
    return { yes: side(truth.answer), no: side(!truth.answer) }
  }

  private end(branch: Branch, verdict: Verdict, local: boolean, why: string): void {
    this.evaluation.endings.add(branch, { verdict, local, why, sourceSettled: true })
  }
}

const TABLES: Readonly<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'security', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat']
}

const PRIORITIES: Readonly<Record<Exclude<TableName, 'nat'>, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50
}

const NAT_FIRST = -100

function natPriority(hook: Hook): number {
  return hook === 'INPUT' || hook === 'POSTROUTING' ? 100 : NAT_FIRST
}

/** A table without a rule at the hook does nothing there, whoever comes first. */
function acts(rules: Rules, table: TableName, hook: Hook): boolean {
  const chain = rules.chain(table, hook)
  if (!chain) return rules.table(table) === 'unknown'
  return chain.rules.length > 0 || !chain.complete || (chain.policy ?? 'ACCEPT') !== 'ACCEPT'
}

/**
 * nf_nat_inet_fn: rules are asked for the first packet of a connection; later ones follow what was decided then. What
 * one backend's rules translated, the other's are not asked about.
 */
function natLooksAt(flow: Flow, hook: Hook): boolean {
  if (flow.looped) return false
  if (hook === 'INPUT' || hook === 'POSTROUTING' ? flow.sourceNat : flow.destinationNat) return false
  if (flow.state === 'RELATED') return flow.protocol !== ICMP && flow.protocol !== ICMPV6
  return flow.state === 'NEW'
}

function assumptionsOf({ flow }: Sent): readonly string[] {
  if (flow.state !== 'ESTABLISHED') return []
  return ['the connection was not translated when it began (its conntrack entry is not known)']
}

const ROUTE_ASSUMED = 'the node has a route to the destination (its routes are not known)'

function passedBy({ passed }: Branch): string {
  return passed ?? 'no rule stops it'
}

function arrivingBy(branch: Branch, device: string | undefined): Branch {
  if (device === undefined) return branch
  const arriving = { ...branch, flow: { ...branch.flow, arrival: device } }
  return assume(arriving, `the packet arrives on ${device}, where the route back to its source leads`)
}

function assume(branch: Branch, assumption: string): Branch {
  return { ...branch, assumptions: [...branch.assumptions, assumption] }
}

function withRoute(branch: Branch, hook: Hook, departure: string | null): Branch {
  const routed = { ...branch, flow: { ...branch.flow, departure } }
  return departure === null ? routed : withStep(routed, { kind: 'route', hook, depth: 0, to: departure })
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
