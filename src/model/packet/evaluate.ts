/**
 * What happens to a packet on a node: every outcome with its share and conditions.
 * The order of hooks and tables is the kernel's (include/uapi/linux/netfilter_ipv4.h, NF_IP_PRI_*).
 */
import { formatAddress, isLoopback, isMulticast } from './address.ts'
import { type Branch, Conditions, merge, withStep } from './branch.ts'
import { Endings } from './ending.ts'
import { type Flow, headerChanged } from './flow.ts'
import { viewHost } from './host.ts'
import type { Sent } from './match/part.ts'
import { ask, type Truth } from './match/truth.ts'
import type { Outcome, Verdict } from './outcome.ts'
import type { BothBackends, Hook, Host, Packet, Rules, TableName } from './packet.ts'
import { ICMP, ICMPV6 } from './protocol.ts'
import { readPacket } from './sent.ts'
import { restrict } from './share.ts'
import { type Evaluation, traverse } from './traverse.ts'

/**
 * Shares add up to 1 within each way the conditions can be (1e-9). A packet whose source is an address of the host
 * enters at OUTPUT, any other at PREROUTING. An ESTABLISHED packet is taken for one of a connection without NAT.
 * Throws a RangeError when an address or protocol of the packet is not one, or is of another family than the rules.
 */
export function evaluate(rules: Rules | BothBackends, host: Host, packet: Packet): readonly Outcome[] {
  const rulesets = 'family' in rules ? [rules] : rules
  const sent = readPacket(rulesets[0]!.family, packet)
  const conditions = new Conditions()
  const path = new Path({ rulesets, host: viewHost(host), sent, conditions, endings: new Endings(packet.protocol) })
  return path.outcomes()
}

/** The packet's way through the hooks. */
class Path {
  private readonly evaluation: Evaluation

  constructor(evaluation: Evaluation) {
    this.evaluation = evaluation
  }

  outcomes(): readonly Outcome[] {
    const { host, sent, endings } = this.evaluation
    const assumptions = assumptionsOf(sent)
    const start: Branch = { flow: sent.flow, share: 1, trail: null, assumptions, passed: undefined }
    const own = sent.flow.source && sent.flow.arrival === null ? host.isOwn(sent.flow.source) : false
    const { yes, no } = this.split(start, own)
    for (const branch of yes) this.output({ ...branch, flow: { ...branch.flow, fromHost: true } })
    for (const branch of no) this.arrive(branch)
    return endings.outcomes()
  }

  private arrive(branch: Branch): void {
    const { host } = this.evaluation
    const { source, arrival } = branch.flow
    const route = source && arrival === null ? host.route(source) : undefined
    const seen = this.tables('PREROUTING', ['raw', 'mangle', 'nat'], [arrivingBy(branch, route?.interface)])
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
    const { rulesets } = this.evaluation
    const [nft, legacy] = partition(rulesets, ({ backend }) => backend === 'nft')
    const filtered = this.tables('INPUT', ['mangle', 'filter'], input)
    const secured = this.table('INPUT', 'security', legacy, filtered)
    const seen = this.table('INPUT', 'security', nft, this.table('INPUT', 'nat', rulesets, secured))
    for (const each of this.doubted('INPUT', Infinity, seen))
      this.end(each, 'accepted', true, `delivered to the node, ${passedBy(each)}`)
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
    const seen = this.tables('FORWARD', ['mangle', 'filter', 'security'], this.routeOut(assumed, 'FORWARD'))
    for (const each of seen) this.leave(each)
  }

  private output(branch: Branch): void {
    for (const each of this.tables('OUTPUT', ['raw', 'mangle', 'nat'], this.chooseRoute(branch))) {
      const routed = each.flow.destinationChanged ? this.chooseRoute(each) : [each]
      for (const again of routed) this.filterOutput(again, each.flow.departure)
    }
  }

  /** `-o` in OUTPUT means the device before NAT, whatever the way afterwards: the kernel reads it once a hook. */
  private filterOutput(branch: Branch, first: string | null): void {
    const { departure } = branch.flow
    const shown = { ...branch, flow: { ...branch.flow, departure: first } }
    for (const each of this.tables('OUTPUT', ['filter', 'security'], [shown])) {
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
    for (const each of this.tables('POSTROUTING', ['mangle', 'nat'], [branch])) {
      if (each.flow.departure === 'lo') this.loopBack(each)
      else this.end(each, 'accepted', false, `${each.flow.fromHost ? 'sent' : 'forwarded'}, ${passedBy(each)}`)
    }
  }

  /** What the host sends to itself comes in again; NAT is done with it (both directions are set up). */
  private loopBack(branch: Branch): void {
    const again = { ...branch, flow: { ...branch.flow, looped: true, arrival: 'lo', departure: null } }
    for (const each of this.tables('PREROUTING', ['raw', 'mangle'], [again])) this.deliver(each)
  }

  private tables(hook: Hook, tables: readonly TableName[], branches: readonly Branch[]): Branch[] {
    const seen = tables.reduce((live, table) => this.table(hook, table, this.evaluation.rulesets, live), [...branches])
    return hook === 'INPUT' ? seen : this.doubted(hook, Infinity, seen)
  }

  /** Marks what meets rules that are not read at the hook, up to this priority: iptables' own verdicts before them stand. */
  private doubted(hook: Hook, priority: number, branches: readonly Branch[]): Branch[] {
    const met = this.evaluation.host.unread.find(
      (each) => (each.hook ?? hook) === hook && (each.priority ?? -Infinity) <= priority
    )
    if (met === undefined) return [...branches]
    return branches.map((branch) =>
      branch.doubt === undefined ? { ...branch, doubt: `meets ${met.name}, which snap does not interpret` } : branch
    )
  }

  /** Hooks of equal priority run latest first (net/netfilter/core.c, nf_hook_entries_grow): of both backends' rules those loaded last. */
  private table(hook: Hook, table: TableName, rulesets: readonly Rules[], entering: readonly Branch[]): Branch[] {
    const branches = this.doubted(hook, priorityOf(table, hook), entering)
    if (rulesets.length < 2 || !rulesets.every((rules) => acts(rules, table, hook)))
      return this.through(hook, table, rulesets, branches)
    const [first, second] = rulesets.map(({ backend }) => backend ?? 'legacy')
    const reason = 'the kernel asks first whichever was loaded last, and no dump tells'
    const text = `iptables-${first} comes before iptables-${second} in ${table} ${hook}`
    return merge(
      branches.flatMap((branch) => {
        const { yes, no } = this.split(branch, ask({ id: text, text, reason }))
        return [...this.through(hook, table, rulesets, yes), ...this.through(hook, table, [...rulesets].reverse(), no)]
      })
    )
  }

  private through(hook: Hook, table: TableName, rulesets: readonly Rules[], branches: readonly Branch[]): Branch[] {
    let live = [...branches]
    for (const rules of rulesets) {
      const [through, past] = table === 'nat' ? partition(live, ({ flow }) => natLooksAt(flow, hook)) : [live, []]
      live = [...past, ...traverse(this.evaluation, rules, hook, table, through)]
    }
    return live
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

/** NF_IP_PRI_*; of security at INPUT the earlier of both backends'. */
function priorityOf(table: TableName, hook: Hook): number {
  if (table === 'nat') return hook === 'PREROUTING' || hook === 'OUTPUT' ? -100 : 100
  return { raw: -300, mangle: -150, filter: 0, security: 50 }[table]
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
