import type { Change, Diff } from './change.ts'
import { DISPATCHING } from './owners.ts'
import type { RuleDelta } from './rule-delta.ts'

/**
 * What happened, taken together from the changes: each follows from them and from nothing else.
 * not-followed, alone              how nodes' rules stand to the objects; `services` are those concerned
 * apart, caught-up                 how they stand to the rules of more other nodes: the same before and not now, or now and not before
 * without-endpoints                a Service's port that no longer has an endpoint
 * node, svclb, daemonset, service  one change that is its own event
 * foreign-rule                     a rule that drops, refuses or redirects packets came or went, and is neither a Service's nor a pod's
 * host                             what nodes tell of their own network changed in a way that decides where packets go
 * pods                             the pods of one workload that came and went
 */
export type DiffEvent =
  | {
      readonly kind: RulesEvent
      readonly nodes: readonly string[]
      readonly of: number
      readonly services: readonly string[]
    }
  | {
      readonly kind: 'without-endpoints'
      readonly object: string
      readonly port: string
      readonly nodes: readonly string[]
      readonly of: number
    }
  | { readonly kind: 'node' | 'svclb' | 'daemonset' | 'service'; readonly change: Change }
  | { readonly kind: 'foreign-rule'; readonly change: Change; readonly rule: RuleDelta }
  | { readonly kind: 'host'; readonly change: Change; readonly nodes: readonly string[] }
  | PodsEvent

export type RulesEvent = 'not-followed' | 'alone' | 'apart' | 'caught-up'

export interface PodsEvent {
  readonly kind: 'pods'
  /** `demo/web`: what made them, or the pod itself where nothing did. */
  readonly workload: string
  readonly added: number
  readonly removed: number
  /** Of pods that were being deleted already. */
  readonly ended: number
  /** How many more or fewer pods each node has of it; nodes with as many as before are left out. */
  readonly byNode: ReadonlyMap<string, number>
}

/** Fields that say what a Service is reached by or what stands behind it. */
const TELLING = new Set([
  'type',
  'cluster_ips',
  'external_ips',
  'load_balancer_ips',
  'external_traffic_policy',
  'internal_traffic_policy',
  'selector',
  'session_affinity',
  'load_balancer_source_ranges'
])

/** The most alarming first. */
export function eventsOf({ changes }: Diff): DiffEvent[] {
  const notFollowed = changes.filter(
    ({ aspect, name, after }) => aspect === 'rules' && name === 'not-followed' && after !== 'agree'
  )
  const alone = changes.filter(
    ({ section, aspect, name }) => section === 'service' && aspect === 'rules' && name === 'alone'
  )
  const told = new Set(
    [...notFollowed, ...alone].flatMap(({ object, nodes }) => nodes.map((node) => `${object} ${node}`))
  )
  const isNew = ({ object, nodes }: Change) => !nodes.every((node) => told.has(`${object} ${node}`))
  return [
    ...changes.flatMap(foreignRules),
    ...hostEvents(changes),
    ...ofNodes(notFollowed, 'not-followed'),
    ...ofNodes(alone, 'alone'),
    ...ofNodes(
      [
        ...changes.filter((change) => isUnlikeOthers(change, changes, 'after')),
        ...changes.flatMap((change) => besideUnmoved(change, 'before')).filter(isNew)
      ],
      'apart'
    ),
    ...changes
      .filter(isEmptied)
      .map(({ object, name, nodes, of }): DiffEvent => ({ kind: 'without-endpoints', object, port: name, nodes, of })),
    ...changes.filter(isOfNode).map((change): DiffEvent => ({ kind: 'node', change })),
    ...ofNodes(
      [
        ...changes.filter((change) => isUnlikeOthers(change, changes, 'before')),
        ...changes.flatMap((change) => besideUnmoved(change, 'after'))
      ],
      'caught-up'
    ),
    ...changes.filter(({ aspect }) => aspect === 'svclb').map((change): DiffEvent => ({ kind: 'svclb', change })),
    ...changes
      .filter(({ section, aspect }) => section === 'daemonset' && aspect === 'object')
      .map((change): DiffEvent => ({ kind: 'daemonset', change })),
    ...changes.filter(isOfService).map((change): DiffEvent => ({ kind: 'service', change })),
    ...podsEvents(changes)
  ]
}

/** Targets that end a packet's way, or send it elsewhere. */
const DECIDING = new Set(['DROP', 'REJECT', 'DNAT', 'REDIRECT', 'TPROXY', 'NETMAP'])

/** Chains whose rules are for Services and pods, whether or not the snapshot knows those. */
const FOR_SERVICES = new Set([
  ...DISPATCHING,
  'service',
  'endpoint',
  'firewall',
  'external',
  'local',
  'external-local',
  'hostport',
  'hostports'
])

function foreignRules(change: Change): DiffEvent[] {
  if (change.section !== 'chain' || change.aspect !== 'rules') return []
  return (change.rules ?? [])
    .filter(({ rule, kind }) => DECIDING.has(rule?.target ?? '') && !FOR_SERVICES.has(kind))
    .map((rule) => ({ kind: 'foreign-rule', change, rule }))
}

/** The same of several nodes is one event. */
function hostEvents(changes: readonly Change[]): DiffEvent[] {
  const events = new Map<string, { change: Change; nodes: string[] }>()
  for (const change of changes.filter(isOfHost)) {
    const key = JSON.stringify([change.aspect, change.name, change.change, change.before, change.after])
    const known = events.get(key)
    if (known) known.nodes.push(change.object)
    else events.set(key, { change, nodes: [change.object] })
  }
  return [...events.values()].map((event) => ({ kind: 'host', ...event }))
}

const FORWARDING = /^net\.ipv4\.ip_forward$|^net\.ipv6\.conf\.all\.forwarding$|^net\.bridge\.bridge-nf-call-ip6?tables$/
const NFT_DECIDING = /\b(?:drop|reject|dnat|redirect|tproxy)\b/

function isOfHost({ section, aspect, name, before, after }: Change): boolean {
  if (section !== 'node') return false
  if (aspect === 'setting') return FORWARDING.test(name)
  if (aspect === 'version') return name === 'kube-proxy mode'
  return aspect === 'nft table' || (aspect === 'nft rule' && NFT_DECIDING.test(String(after ?? before)))
}

function ofNodes(changes: readonly Change[], kind: RulesEvent): DiffEvent[] {
  const groups = new Map<string, { nodes: readonly string[]; of: number; services: Set<string> }>()
  for (const { nodes, of, object } of changes) {
    const key = [...nodes].sort().join('\0')
    const group = groups.get(key) ?? { nodes, of, services: new Set<string>() }
    groups.set(key, group)
    group.services.add(object)
  }
  return [...groups.values()].map(({ nodes, of, services }) => ({ kind, nodes, of, services: [...services] }))
}

function isEmptied({ aspect, before, after, name }: Change): boolean {
  return (
    aspect === 'destinations' &&
    !isLocal(name) &&
    (before as readonly string[]).length > 0 &&
    (after as readonly string[]).length === 0
  )
}

/** The endpoints of a node itself differ from node to node. */
function isLocal(name: string): boolean {
  return name.endsWith('(local endpoints)')
}

function isOfNode({ section, aspect, name, change }: Change): boolean {
  return (
    section === 'node' &&
    ((aspect === 'object' && change !== 'changed') ||
      (aspect === 'field' && ['ready', 'unschedulable', 'addresses'].includes(name)))
  )
}

/** On one of the two sides these nodes choose from other endpoints than more other nodes, and on the other side from the same. */
function isUnlikeOthers(change: Change, all: readonly Change[], unlike: 'before' | 'after'): boolean {
  if (change.aspect !== 'destinations' || isLocal(change.name)) return false
  const like = unlike === 'before' ? 'after' : 'before'
  const others = all.filter(
    (other) =>
      other !== change &&
      other.aspect === 'destinations' &&
      other.object === change.object &&
      other.name === change.name &&
      other.family === change.family
  )
  return others.some(
    (other) =>
      other.nodes.length > change.nodes.length &&
      String(other[like]) === String(change[like]) &&
      String(other[unlike]) !== String(change[unlike])
  )
}

/** The fewer of those that changed and those that did not: with the nodes that lead where the change led from, or leads to. */
function besideUnmoved(change: Change, side: 'before' | 'after'): Change[] {
  const unmoved = change.unmoved?.[side] ?? []
  if (unmoved.length === 0 || unmoved.length === change.nodes.length) return []
  return [unmoved.length > change.nodes.length ? change : { ...change, nodes: unmoved }]
}

function isOfService({ section, aspect, name }: Change): boolean {
  return (
    section === 'service' && (aspect === 'object' || aspect === 'port' || (aspect === 'field' && TELLING.has(name)))
  )
}

function podsEvents(changes: readonly Change[]): PodsEvent[] {
  const events = new Map<string, { added: number; removed: number; ended: number; byNode: Map<string, number> }>()
  for (const { section, aspect, object, change, before, after, workload } of changes) {
    if (section !== 'pod' || aspect !== 'object' || change === 'changed') continue
    const event = events.get(workload ?? object) ?? {
      added: 0,
      removed: 0,
      ended: 0,
      byNode: new Map<string, number>()
    }
    events.set(workload ?? object, event)
    const isEnd = change === 'removed' && String(before).endsWith(' Terminating')
    event[change === 'added' ? 'added' : isEnd ? 'ended' : 'removed'] += 1
    const node = / on (\S+)/.exec(String(change === 'added' ? after : before))?.[1]
    if (node !== undefined && !isEnd)
      event.byNode.set(node, (event.byNode.get(node) ?? 0) + (change === 'added' ? 1 : -1))
  }
  return [...events].map(([workload, { byNode, ...counts }]) => ({
    kind: 'pods',
    workload,
    ...counts,
    byNode: new Map([...byNode].filter(([, count]) => count !== 0).sort())
  }))
}
