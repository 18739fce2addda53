import type { Change } from './change.ts'
import type { RuleComparison } from './node-rules.ts'
import type { OwnedRules } from './owned-rules.ts'
import type { RuleDelta } from './rule-delta.ts'
import { grouped, type NodeChange, rulesChange } from './service-rules.ts'

export interface PodKnowledge {
  readonly changed: ReadonlySet<string>
  /** Whether all pods of a namespace are known in both snapshots. */
  areKnown(namespace: string): boolean
}

/** Rules for pods' host ports, tied to the pods; and the rules inside svclb pods. */
export function podRuleChanges(
  comparisons: readonly RuleComparison[],
  owned: Pick<OwnedRules, 'pods' | 'ofPod'>,
  pods: PodKnowledge
): Change[] {
  const cause = (pod: string) =>
    pods.changed.has(pod) ? 'with-objects' : pods.areKnown(pod.split('/')[0]!) ? 'alone' : 'unexplained'
  const hostPorts = owned.pods().flatMap((pod) => {
    const changes = comparisons.flatMap((comparison): NodeChange[] => {
      const rules = comparison.node === null ? [] : owned.ofPod(comparison, pod)
      return rules.length > 0 ? [rulesChange(comparison.node!, comparison.family, cause(pod), rules)] : []
    })
    return grouped(podNamed(pod), changes, new Map())
  })
  const inside = comparisons.flatMap((comparison) => {
    const pod = `${comparison.namespace}/${comparison.pod}`
    const rules = comparison.deltas.flat()
    if (comparison.pod === null || rules.length === 0) return []
    // The containers of a pod show the same rules: grouping makes them one change.
    return [{ pod, change: rulesChange('', comparison.family, cause(pod), rules) }]
  })
  const names = [...new Set(inside.map(({ pod }) => pod))].sort()
  return [
    ...hostPorts,
    ...names.flatMap((pod) =>
      grouped(
        podNamed(pod),
        inside.filter((each) => each.pod === pod).map(({ change }) => change),
        new Map()
      ).map((change) => ({ ...change, nodes: [] }))
    )
  ]
}

function podNamed(pod: string): Pick<Change, 'section' | 'namespace' | 'object'> {
  return { section: 'pod', namespace: pod.split('/')[0]!, object: pod }
}

/** Chains that are neither a Service's nor a pod's, one change for each chain and group of nodes. */
export function chainChanges(comparisons: readonly RuleComparison[], owned: Pick<OwnedRules, 'ofNobody'>): Change[] {
  const nodes = comparisons.filter(({ node }) => node !== null)
  const compared = new Map(
    ['ipv4', 'ipv6'].map((family) => [
      family,
      new Set(nodes.filter((each) => each.family === family).map(({ node }) => node)).size
    ])
  )
  const byChain = new Map<string, NodeChange[]>()
  for (const comparison of nodes) {
    for (const [chain, rules] of chainsOf(owned.ofNobody(comparison))) {
      byChain.set(chain, [...(byChain.get(chain) ?? []), ...chainChange(comparison, rules)])
    }
  }
  return [...byChain]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([chain, changes]) => grouped({ section: 'chain', namespace: '', object: chain }, changes, compared))
}

function chainChange({ node, family }: RuleComparison, rules: readonly RuleDelta[]): NodeChange[] {
  const lines = rules.filter((delta) => !delta.rule)
  const [gone, come] = ['-', '+'].map((sign) => lines.find((delta) => delta.sign === sign))
  const of = { node: node!, family, name: '' }
  const own: NodeChange[] =
    gone && come
      ? [{ ...of, aspect: 'policy', before: policyOf(gone), after: policyOf(come) }]
      : come
        ? [{ ...of, aspect: 'object', change: 'added', before: null, after: '' }]
        : gone
          ? [{ ...of, aspect: 'object', change: 'removed', before: '', after: null }]
          : []
  return rules.length > lines.length || own.length === 0 ? [...own, rulesChange(node!, family, 'alone', rules)] : own
}

/** `DROP` of `:INPUT DROP [0:0]` */
function policyOf({ line }: RuleDelta): string {
  return line.split(' ')[1]!
}

function chainsOf(deltas: readonly RuleDelta[]): Map<string, RuleDelta[]> {
  const chains = new Map<string, RuleDelta[]>()
  for (const delta of deltas) {
    const name = `${delta.table} ${delta.chain}`
    chains.set(name, [...(chains.get(name) ?? []), delta])
  }
  return chains
}
