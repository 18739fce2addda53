import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { readAllChains, rulesetOf } from '../../store/rules/read.ts'
import { within } from '../sql/scope.ts'
import { Cluster } from '../trace/cluster.ts'
import { RulesSource, type KnownRules } from '../trace/rules-source.ts'
import { AlikeFronts } from './alike.ts'
import { unknown, type Flow } from './compute.ts'
import { allFronts, frontsOf, type Front } from './front.ts'
import { frontRules, type FrontRules } from './front-rules.ts'
import { mentionedIn, type Mentioned } from './mentioned.ts'
import { flowNode, nodeLikeness, type FlowNode } from './node.ts'
import { Shapes } from './shape.ts'
import { FLOWS_VIEW, FLOW_TABLES } from './schema.ts'
import { FlowTables, type FrontIds } from './tables.ts'

/** Makes the table `flows` of this connection and fills it for the snapshots. Nothing is written to the store. */
export function fillFlows(store: Store, snapshots: readonly string[]): void {
  store.exec(FLOW_TABLES)
  store.exec(FLOWS_VIEW)
  const tables = new FlowTables(store)
  // One transaction: a million inserts, each on its own, take longer than what they insert.
  store.transaction(() => fillAll(store, snapshots, tables))()
  store.exec('CREATE INDEX temp._flow_front_index ON _flow (front)')
}

function fillAll(store: Store, snapshots: readonly string[], tables: FlowTables): void {
  const rulesets = new Map<string, Ruleset>()
  for (const snapshot of snapshots) {
    within(store, snapshot, () => {
      const fronts = allFronts(store)
      const [cluster, source] = [new Cluster(store), new RulesSource(store, snapshot)]
      for (const family of [4, 6] as const) fillFamily({ store, snapshot, tables, rulesets, cluster, source }, family, frontsOf(fronts, family))
    })
  }
}

/** A set of rules, and what was computed of it, by the likeness of the nodes it was computed for. */
interface Ruleset {
  readonly rules: FrontRules
  readonly mentioned: Mentioned
  readonly shapes: Shapes | undefined
  /** Rules may be missing: that the source is not masqueraded cannot be said. */
  readonly partial: boolean
  /** Taken for granted of the rules; '' for nothing. */
  readonly assumed: string
  readonly computed: Map<string, Computation>
}

interface Computation {
  readonly id: number
  readonly of: FlowNode
  /** The fronts whose packets met an address. */
  readonly met: ReadonlyMap<string, readonly number[]>
}

/** What filling one snapshot works with. */
interface Filling {
  readonly store: Store
  readonly snapshot: string
  readonly tables: FlowTables
  readonly rulesets: Map<string, Ruleset>
  readonly cluster: Cluster
  readonly source: RulesSource
}

function fillFamily(filling: Filling, family: Family, fronts: readonly Front[]): void {
  if (fronts.length === 0) return
  const { snapshot, tables, cluster, source } = filling
  const ids = tables.frontIds(fronts)
  for (const name of cluster.nodes()) {
    const node = tables.addNode(snapshot, name, family)
    const known = source.ofNode(name, family)
    if ('unknown' in known) tables.holds(node, unknownFlows(tables, ids, known.unknown))
    else fillNode(filling, family, { node, known, ids, of: flowNode(cluster, name, family, known.rules) })
  }
}

interface NodeToFill {
  readonly node: number
  readonly known: Exclude<KnownRules, { unknown: string }>
  readonly ids: FrontIds
  readonly of: FlowNode
}

function fillNode({ store, tables, rulesets, source: { pasted } }: Filling, family: Family, { node, known, ids, of }: NodeToFill): void {
  const assumed = pasted ? AS_KUBE_PROXY : known.assumptions().join(' and ')
  const identity = `${known.parts.map((part) => `${pasted ? part.id : rulesetOf(store, part.id)} ${part.status}`).join(' ')} ${assumed}`
  const ruleset = rulesets.get(identity) ?? readRuleset(store, known, family, pasted, assumed)
  rulesets.set(identity, ruleset)
  const likeness = `${ids.list} ${nodeLikeness(ruleset.mentioned, of)}`
  const computed = ruleset.computed.get(likeness)
  if (!computed) {
    const computation = compute(tables, ruleset, of, ids.fronts)
    ruleset.computed.set(likeness, computation)
    tables.holds(node, computation.id)
    return
  }
  tables.holds(node, computed.id)
  // What involves an address of either node is this node's own affair.
  const own = new Set([...of.own, ...computed.of.own].flatMap((address) => computed.met.get(address) ?? []))
  if (own.size === 0) return
  for (const front of own) tables.except(node, computed.id, front)
  tables.holds(node, compute(tables, ruleset, of, ids.fronts.filter(([id]) => own.has(id))).id)
}

/** What stands between the chains of a pasted listing is filled in. */
const AS_KUBE_PROXY = 'what the pasted text does not show is as kube-proxy writes it'

function readRuleset(store: Store, known: NodeToFill['known'], family: Family, pasted: boolean, assumed: string): Ruleset {
  const { parts, partial } = known
  const rest = { partial, assumed, computed: new Map<string, Computation>() }
  // A pasted listing is filled in as the packet goes; its nodes are few.
  if (pasted) return { ...rest, rules: { rules: known.rules, forget: () => undefined }, mentioned: { ...mentionedIn([]), interfaces: true }, shapes: undefined }
  const dumps = parts.map((part) => readAllChains(store, part.id))
  return {
    ...rest,
    rules: frontRules(dumps.map((chains, index) => ({ chains, part: parts[index]! })), family),
    mentioned: mentionedIn(dumps),
    // Which backend's rules come first decides about both at once: their shapes are not told apart.
    shapes: dumps.length === 1 ? new Shapes(dumps[0]!) : undefined
  }
}

function compute(tables: FlowTables, ruleset: Ruleset, of: FlowNode, fronts: readonly (readonly [number, Front])[]): Computation {
  const id = tables.newComputation()
  const { rules: { rules, forget }, mentioned, shapes } = ruleset
  const alike = new AlikeFronts(rules, of, mentioned, shapes)
  const met = new Map<string, number[]>()
  for (const [frontId, front] of fronts) {
    const result = alike.flowsTo(front)
    for (const flow of result.flows) tables.addFlow(id, frontId, supposing(ruleset, flow))
    for (const address of result.met) {
      const list = met.get(address)
      if (list) list.push(frontId)
      else met.set(address, [frontId])
    }
    forget()
  }
  return { id, of, met }
}

function supposing({ partial, assumed }: Ruleset, flow: Flow): Flow {
  if (!partial && assumed === '') return flow
  const condition = [flow.condition, assumed].filter((text) => text !== '').join(' and ')
  return { ...flow, condition, masqueraded: partial && flow.masqueraded === false ? 'unknown' : flow.masqueraded }
}

function unknownFlows(tables: FlowTables, { fronts }: FrontIds, why: string): number {
  const id = tables.newComputation()
  for (const [front] of fronts) for (const sender of ['pod', 'node', 'outside'] as const) tables.addFlow(id, front, unknown(sender, why))
  return id
}
