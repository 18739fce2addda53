import { type Change, objectChange } from './change.ts'
import type { FactReader, FactRow } from './fact-rows.ts'
import { pair } from './pairs.ts'
import { covers, hasAny, type Side, versionsOf } from './side.ts'

/** The label by which k3s says which Service a svclb pod is for. Source: k3s, Service load balancer controller. */
export const LABEL = 'svccontroller.k3s.cattle.io/svcname'
const NAMESPACE = 'svccontroller.k3s.cattle.io/svcnamespace'

/** Load balancer pods of a Service that came, went, or changed node. */
export function svclbChanges(facts: FactReader, before: Side, after: Side): Change[] {
  if (!hasAny(before, 'pods') || !hasAny(after, 'pods')) return []
  const { removed, added } = facts.changed('_pod', versionsOf(before, 'pods'), versionsOf(after, 'pods'))
  return pair(removed.filter(isSvclb), added.filter(isSvclb), ['namespace', 'pod']).flatMap(
    ({ before: was, after: is }) => {
      const row = (is ?? was)!
      if (was && is && was.node === is.node) return []
      if (!covers(is ? before : after, 'pods', String(row.namespace)) && !(was && is)) return []
      const service = serviceOf(row)
      const of = { section: 'service' as const, namespace: service.split('/')[0]!, object: service }
      return [objectChange(of, 'svclb', `${row.namespace}/${row.pod}`, was && place(was), is && place(is))]
    }
  )
}

function isSvclb({ labels }: FactRow): boolean {
  return typeof labels === 'string' && labels.includes(LABEL)
}

function serviceOf({ namespace, labels }: FactRow): string {
  const known = JSON.parse(String(labels)) as Record<string, string>
  return `${known[NAMESPACE] ?? namespace}/${known[LABEL]}`
}

function place({ node, status }: FactRow): string {
  return [node ? `on ${node}` : 'on no node', status].filter(Boolean).join(' ')
}
