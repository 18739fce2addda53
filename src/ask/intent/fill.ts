import { isIPv6 } from 'node:net'
import { NEWEST, OLDEST } from '../../model/intent/behaviour.ts'
import type { Intended } from '../../model/intent/intent.ts'
import { inNetwork, parseAddress, parseNetwork } from '../../model/packet/address.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { allFrontends, type Frontend, frontendsOf } from '../flows/frontend.ts'
import { within } from '../sql/scope.ts'
import { Cluster } from '../trace/cluster.ts'
import { RulesSource } from '../trace/rules-source.ts'
import { deviate } from './deviate.ts'
import type { FilledNode } from './filled-node.ts'
import { FrontendIds } from './frontend-ids.ts'
import { type IntentNode, Intents, SENDERS } from './intents.ts'
import { Proxies } from './proxy.ts'
import { DEVIATIONS_VIEW, INTENT_TABLES, INTENT_VIEW, PROXIES_VIEW } from './schema.ts'

/** Which of the tables are wanted: each costs what it costs. Deviations need the table flows of this connection. */
export interface Wanted {
  readonly intent: boolean
  readonly deviations: boolean
}

/** Makes the tables `proxies`, `intent` and `deviations` of this connection. Nothing is written to the store. */
export function fillIntent(store: Store, snapshots: readonly string[], wanted: Wanted): void {
  store.exec(INTENT_TABLES)
  for (const view of [PROXIES_VIEW, INTENT_VIEW, DEVIATIONS_VIEW]) store.exec(view)
  const ids = new FrontendIds(store)
  store.transaction(() => {
    for (const snapshot of snapshots) within(store, snapshot, () => fillSnapshot(store, snapshot, ids, wanted))
  })()
  store.exec('CREATE INDEX temp._intent_class ON _intent (class)')
}

function fillSnapshot(store: Store, snapshot: string, ids: FrontendIds, wanted: Wanted): void {
  const frontends = allFrontends(store)
  const cluster = new Cluster(store)
  const intents = new Intents(store, cluster, new Proxies(store, new RulesSource(store, snapshot)), frontends)
  const nodes: FilledNode[] = []
  const pods = podAddresses(store)
  for (const family of [4, 6] as const) {
    const own = frontendsOf(frontends, family)
    if (own.length === 0) continue
    const filled = cluster
      .nodes()
      .map((name) => addNode(store, snapshot, intents.node(name, family), pods.get(name) ?? []))
    nodes.push(...filled)
    if (wanted.intent) fillFamily(store, intents, filled, own, ids, family)
  }
  if (wanted.deviations) deviate(store, snapshot, intents, nodes, ids)
}

function addNode(store: Store, snapshot: string, node: IntentNode, podsThere: readonly string[]): FilledNode {
  const {
    place,
    family,
    proxy: { mode, knownBy, versions, settings, nodePortAddresses }
  } = node
  const known = mode === 'iptables'
  const pods = podsThere
    .filter((address) => isIPv6(address) === (family === 6))
    .map((address) => parseAddress(address)!)
  const network = parseNetwork(settings.podNetwork)
  const id = store
    .prepare(
      'INSERT INTO _intent_node (snapshot, node, family, mode, mode_known_by, oldest, newest, pod_network, masquerade_all, node_port_addresses, pods, pods_outside) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
    )
    .run(
      snapshot,
      place.node,
      family === 6 ? 'ipv6' : 'ipv4',
      mode,
      knownBy,
      known && versions.from > OLDEST ? versions.from : null,
      known && versions.to < NEWEST ? versions.to : null,
      settings.podNetwork === 'unknown' ? null : settings.podNetwork,
      known ? Number(settings.masqueradeAll) : null,
      known ? (nodePortAddresses === 'all' ? 'all' : JSON.stringify(nodePortAddresses)) : null,
      pods.length,
      network ? pods.filter((address) => !inNetwork(address, network)).length : null
    ).lastInsertRowid
  return { ...node, id: Number(id) }
}

/** Of the pods that run on each node; those with the node's own addresses are no pods to kube-proxy. */
function podAddresses(store: Store): Map<string, string[]> {
  const rows = store
    .prepare(
      "SELECT node, json_group_array(a.value) FROM pods, json_each(ips) a WHERE NOT host_network AND phase = 'Running' AND deleted_at = '' AND a.value <> '' GROUP BY node"
    )
    .raw()
    .all() as [string, string][]
  return new Map(rows.map(([node, addresses]) => [node, JSON.parse(addresses) as string[]]))
}

/** One class for all nodes that are alike, and one for what is a node's own. */
function fillFamily(
  store: Store,
  intents: Intents,
  nodes: readonly FilledNode[],
  frontends: readonly Frontend[],
  ids: FrontendIds,
  family: Family
): void {
  const [own, common]: [Frontend[], Frontend[]] = [[], []]
  for (const frontend of frontends) (intents.isOwn(frontend, family) ? own : common).push(frontend)
  const classes = new Map<string, number>()
  for (const node of nodes) {
    let alike = classes.get(node.likeness)
    if (alike === undefined) classes.set(node.likeness, (alike = addClass(store, intents, node, common, ids)))
    hold(store, node, alike)
    if (own.length > 0) hold(store, node, addClass(store, intents, node, own, ids))
  }
}

function hold(store: Store, { id }: FilledNode, of: number): void {
  store.prepare('INSERT INTO _intent_holds VALUES (?, ?)').run(id, of)
}

function addClass(
  store: Store,
  intents: Intents,
  node: IntentNode,
  frontends: readonly Frontend[],
  ids: FrontendIds
): number {
  const of = store.prepare('SELECT coalesce(max(class), 0) + 1 FROM _intent_holds').pluck().get() as number
  const insert = store.prepare('INSERT INTO _intent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const frontend of frontends) {
    const id = ids.of(frontend)
    for (const sender of SENDERS) {
      const meant = intents.of(node, frontend, sender)
      meant.forEach((intent, index) => {
        for (const row of rowsOf(intent))
          insert.run(of, id, sender, ...row, meant.length === 1 ? 0 : index + 1, intent.why)
      })
    }
  }
  return of
}

function rowsOf({ verdict, destinations, masqueraded }: Intended): [string | null, number, string, number | null][] {
  if (verdict !== 'accepted') return [[null, 1, verdict, null]]
  return destinations.map((destination) => [
    destination,
    1 / destinations.length,
    verdict,
    masqueraded === 'unknown' ? null : Number(masqueraded)
  ])
}
