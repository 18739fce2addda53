import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { within } from '../sql/scope.ts'
import { Cluster } from '../trace/cluster.ts'
import { type KnownRules, RulesSource } from '../trace/rules-source.ts'
import { AlikeFrontends, type Pattern } from './alike.ts'
import { unknown } from './compute.ts'
import { allFrontends, type Frontend, frontendsOf } from './frontend.ts'
import { Layers } from './layers.ts'
import { type FlowNode, flowNode, nodeLikeness } from './node.ts'
import { type NodeRules, pastedNodeRules } from './node-rules.ts'
import { FLOW_INDEXES, FLOW_TABLES, FLOW_VIEW, FLOWS_VIEW } from './schema.ts'
import { FlowTables, type FrontendIds } from './tables.ts'

/** What a connection's table holds: the snapshots' names. */
const FILLED = new WeakMap<Store, string>()

/** Makes the table `flows` of this connection and fills it for the snapshots, once: asked again for the same, it does nothing. Nothing is written to the store. */
export function fillFlows(store: Store, snapshots: readonly string[]): void {
  const wanted = JSON.stringify(snapshots)
  if (FILLED.get(store) === wanted && isThere(store)) return
  store.exec(FLOW_TABLES)
  store.exec(FLOW_VIEW)
  store.exec(FLOWS_VIEW)
  const tables = new FlowTables(store)
  // One transaction: so many inserts, each on its own, take longer than what they insert.
  store.transaction(() => fillAll(store, snapshots, tables))()
  store.exec(FLOW_INDEXES)
  FILLED.set(store, wanted)
}

/** Not where what made it was taken back. */
function isThere(store: Store): boolean {
  return store.prepare("SELECT 1 FROM temp.sqlite_schema WHERE name = 'flows'").get() !== undefined
}

function fillAll(store: Store, snapshots: readonly string[], tables: FlowTables): void {
  const [rulesets, layers] = [new Map<string, Ruleset>(), new Layers(store)]
  for (const snapshot of snapshots) {
    within(store, snapshot, () => {
      const frontends = allFrontends(store)
      const [cluster, source] = [new Cluster(store), new RulesSource(store, snapshot)]
      const filling = { snapshot, tables, rulesets, layers, cluster, source, nodeAddresses: cluster.nodeAddresses() }
      for (const family of [4, 6] as const) fillFamily(filling, family, frontendsOf(frontends, family))
    })
  }
}

/** A set of rules, and what was computed of it, by the likeness of the nodes it was computed for. */
interface Ruleset {
  readonly rules: NodeRules
  /** Rules may be missing: that the source is not masqueraded cannot be said. */
  readonly partial: boolean
  /** Taken for granted of the rules; '' for nothing. */
  readonly assumed: string
  readonly computed: Map<string, Computation>
}

interface Computation {
  readonly id: number
  readonly of: FlowNode
  /** The frontends whose packets met an address of a node. */
  readonly met: ReadonlyMap<string, readonly number[]>
}

/** What filling one snapshot works with. */
interface Filling {
  readonly snapshot: string
  readonly tables: FlowTables
  readonly rulesets: Map<string, Ruleset>
  readonly layers: Layers
  readonly cluster: Cluster
  readonly source: RulesSource
  /** Of every node. */
  readonly nodeAddresses: ReadonlySet<string>
}

function fillFamily(filling: Filling, family: Family, frontends: readonly Frontend[]): void {
  if (frontends.length === 0) return
  const { snapshot, tables, cluster, source } = filling
  const ids = tables.frontendIds(frontends)
  for (const name of cluster.nodes()) {
    const node = tables.addNode(snapshot, name, family)
    const known = source.ofNode(name, family)
    if ('unknown' in known) tables.holds(node, unknownFlows(tables, ids, known.unknown))
    else
      fillNode(filling, family, {
        node,
        known,
        ids,
        of: flowNode(cluster, name, family, known.rules, source.lacksProxy(name, family))
      })
  }
}

interface NodeToFill {
  readonly node: number
  readonly known: Exclude<KnownRules, { unknown: string }>
  readonly ids: FrontendIds
  readonly of: FlowNode
}

function fillNode(filling: Filling, family: Family, { node, known, ids, of }: NodeToFill): void {
  const {
    tables,
    rulesets,
    layers,
    source: { pasted }
  } = filling
  const assumed = pasted ? AS_KUBE_PROXY : known.assumptions().join(' and ')
  const identity = `${known.parts.map((part) => (pasted ? part.id : layers.identityOf(part))).join(' ')} ${assumed}`
  const ruleset = rulesets.get(identity) ?? {
    rules: pasted ? pastedNodeRules(known.rules) : layers.rulesOf(known.parts, family),
    partial: known.partial,
    assumed,
    computed: new Map<string, Computation>()
  }
  rulesets.set(identity, ruleset)
  const likeness = `${ids.list} ${nodeLikeness(ruleset.rules.mentioned, of)}`
  const computed = ruleset.computed.get(likeness)
  if (!computed) {
    const computation = compute(filling, ruleset, of, ids.frontends)
    ruleset.computed.set(likeness, computation)
    tables.holds(node, computation.id)
    return
  }
  tables.holds(node, computed.id)
  // What involves an address of either node is this node's own affair.
  const own = new Set([...of.own, ...computed.of.own].flatMap((address) => computed.met.get(address) ?? []))
  if (own.size === 0) return
  for (const frontend of own) tables.except(node, computed.id, frontend)
  tables.holds(
    node,
    compute(
      filling,
      ruleset,
      of,
      ids.frontends.filter(([id]) => own.has(id))
    ).id
  )
}

/** What stands between the chains of a pasted listing is filled in. */
const AS_KUBE_PROXY = 'what the pasted text does not show is as kube-proxy writes it'

function compute(
  { tables, nodeAddresses }: Filling,
  ruleset: Ruleset,
  of: FlowNode,
  frontends: readonly (readonly [number, Frontend])[]
): Computation {
  const id = tables.newComputation()
  const alike = new AlikeFrontends(ruleset.rules, of)
  const supposed = new Map<readonly Pattern[], readonly Pattern[]>()
  const met = new Map<string, number[]>()
  for (const [frontendId, frontend] of frontends) {
    const { patterns, addresses, met: reached } = alike.flowsTo(frontend)
    const said = supposed.get(patterns) ?? patterns.map((pattern) => supposing(ruleset, pattern))
    supposed.set(patterns, said)
    tables.addFlows(id, frontendId, { patterns: said, addresses })
    for (const address of reached) {
      if (!nodeAddresses.has(address)) continue
      const list = met.get(address)
      if (list) list.push(frontendId)
      else met.set(address, [frontendId])
    }
  }
  return { id, of, met }
}

function supposing({ partial, assumed }: Ruleset, pattern: Pattern): Pattern {
  if (!partial && assumed === '') return pattern
  const condition = [pattern.condition, assumed].filter((text) => text !== '').join(' and ')
  return {
    ...pattern,
    condition,
    masqueraded: partial && pattern.masqueraded === false ? 'unknown' : pattern.masqueraded
  }
}

function unknownFlows(tables: FlowTables, { frontends }: FrontendIds, why: string): number {
  const id = tables.newComputation()
  const patterns = (['pod', 'node', 'outside'] as const).map((sender) => ({
    ...unknown(sender, why),
    address: undefined
  }))
  for (const [frontend] of frontends) tables.addFlows(id, frontend, { patterns, addresses: [] })
  return id
}
