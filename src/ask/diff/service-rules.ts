import { sharesAlike } from './balance.ts'
import type { Change, RulesCause, Unmoved, Value } from './change.ts'
import type { Destination, Destinations } from './destinations.ts'
import type { RuleComparison } from './node-rules.ts'
import { DISPATCHING, frontendOf } from './owners.ts'
import type { RuleDelta } from './rule-delta.ts'
import type { ServicePort } from './service-index.ts'
import type { Part } from './side.ts'

/** What the rules of one node say anew about one Service. */
export interface NodeChange {
  readonly node: string
  readonly family: string
  readonly aspect: 'frontend' | 'destinations' | 'rules' | 'policy' | 'object'
  readonly name: string
  /** 'changed' where it is left out. */
  readonly change?: Change['change']
  readonly before: Value
  readonly after: Value
  readonly rules?: readonly RuleDelta[]
}

/** Chains that choose endpoints for a port: of the whole cluster, and of the node itself (KUBE-XLB up to 1.23, then KUBE-SVL). */
const CHOOSING = [
  { prefixes: ['KUBE-SVC-'], where: '' },
  { prefixes: ['KUBE-SVL-', 'KUBE-XLB-'], where: ' (local endpoints)' }
]

/** Which endpoints the chains of the ports choose from, where that is known and not the same on both sides. */
export function destinationChanges(
  destinations: Destinations,
  { node, family, before, after }: RuleComparison,
  ports: readonly ServicePort[]
): NodeChange[] {
  return ports.flatMap(({ hash, label }) =>
    CHOOSING.flatMap(({ prefixes, where }): NodeChange[] => {
      const [was, is] = [before, after].map((part) =>
        chosen(
          destinations,
          part,
          prefixes.map((prefix) => prefix + hash)
        )
      )
      if (!was || !is || sameDestinations(was, is)) return []
      return [
        { node: node!, family, aspect: 'destinations', name: label + where, before: written(was), after: written(is) }
      ]
    })
  )
}

/** Where a port's chains lead on nodes that are none of the change's, and on which that is the same on both sides. */
export function unmovedOf(
  destinations: Destinations,
  { name, nodes, family, before, after }: Change,
  comparisons: readonly RuleComparison[],
  ports: readonly ServicePort[]
): Unmoved {
  const found = { before: [] as string[], after: [] as string[] }
  const port = ports.find(({ label }) => label === name)
  const others = comparisons.filter((each) => each.family === family && !nodes.includes(each.node!))
  for (const each of port ? others : []) {
    if (Math.max(found.before.length, found.after.length) > nodes.length) break
    const [was, is] = [each.before, each.after].map((part) => chosen(destinations, part, [`KUBE-SVC-${port!.hash}`]))
    if (!was || !is || !sameDestinations(was, is)) continue
    for (const side of ['before', 'after'] as const)
      if (String(side === 'before' ? before : after) === String(written(was))) found[side].push(each.node!)
  }
  return found
}

/** [] where a whole dump has none of the chains; undefined where a dump that is not whole does not list any, which proves nothing. */
function chosen(
  destinations: Destinations,
  { status, versions }: Part,
  chains: readonly string[]
): Destination[] | undefined {
  if (status === 'complete') return chains.flatMap((chain) => destinations.of(versions, chain) ?? [])
  const listed = chains.flatMap((chain) => destinations.ofListed(versions, chain) ?? [])
  return listed.length > 0 ? listed : undefined
}

function sameDestinations(before: readonly Destination[], after: readonly Destination[]): boolean {
  const plain = (list: readonly Destination[]) => list.map(({ destination, share }) => ({ target: destination, share }))
  return sharesAlike(plain(before), plain(after))
}

/** `10.42.0.7:80 33.3%` */
function written(list: readonly Destination[]): string[] {
  return list.map(({ destination, share }) => `${destination} ${Number((share * 100).toFixed(1))}%`)
}

/** Where packets to the frontends go that the changed rules are for. */
export function frontendChanges(
  destinations: Destinations,
  { node, family, before, after }: RuleComparison,
  deltas: readonly RuleDelta[]
): NodeChange[] {
  const frontends = new Set(
    deltas.flatMap(({ kind, rule }) => (rule && DISPATCHING.has(kind) ? (frontendOf(kind, rule) ?? []) : []))
  )
  return [...frontends].sort().flatMap((frontend): NodeChange[] => {
    const [was, is] = [before, after].map(({ versions }) => wayInWords(destinations.frontend(versions, frontend)))
    return was === is
      ? []
      : [{ node: node!, family, aspect: 'frontend', name: frontendName(frontend), before: was!, after: is! }]
  })
}

/** What a chain leaves, such as clients outside of its source ranges, may be dropped by a rule after it. */
function wayInWords(ways: readonly string[]): string {
  const isEnd = (way: string) => way === 'dropped' || way === 'rejected'
  const ends = ways.filter(isEnd)
  const onward = ways.filter((way) => !isEnd(way))
  if (ways.length === 0) return 'no rule'
  return onward.length === 0
    ? ends.join(' or ')
    : [...onward, ...ends.map((way) => `what that leaves ${way}`)].join(', ')
}

/** `10.43.0.1:80/TCP`, `node port 30080/TCP` */
export function frontendName(frontend: string): string {
  const [protocol, port, address] = frontend.split(' ') as [string, string, string]
  const end = `${port}/${protocol.toUpperCase()}`
  return address === '*' ? `node port ${end}` : `${address.includes(':') ? `[${address}]` : address}:${end}`
}

/** The raw rules that came and went, with why; before and after are how many. */
export function rulesChange(node: string, family: string, cause: RulesCause, rules: readonly RuleDelta[]): NodeChange {
  const count = (sign: string) => rules.filter((delta) => delta.rule && delta.sign === sign).length
  return { node, family, aspect: 'rules', name: cause, before: count('-'), after: count('+'), rules }
}

/** What is the same on several nodes becomes one change. */
export function grouped(
  of: Pick<Change, 'section' | 'namespace' | 'object'>,
  changes: readonly NodeChange[],
  compared: ReadonlyMap<string, number>
): Change[] {
  const groups = new Map<string, Change & { nodes: string[] }>()
  for (const { node, family, aspect, name, change = 'changed', before, after, rules } of changes) {
    const key = JSON.stringify([
      family,
      aspect,
      name,
      change,
      before,
      after,
      rules?.map(({ sign, table, line }) => `${sign}${table} ${line}`).sort()
    ])
    const known = groups.get(key)
    if (known) {
      if (!known.nodes.includes(node)) known.nodes.push(node)
      continue
    }
    groups.set(key, {
      ...of,
      aspect,
      name,
      change,
      before,
      after,
      nodes: [node],
      of: compared.get(family) ?? 0,
      family: family === 'ipv6' ? 'ipv6' : 'ipv4',
      ...(rules && { rules })
    })
  }
  return [...groups.values()]
}
