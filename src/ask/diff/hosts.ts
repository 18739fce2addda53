import type { HostName } from '../../kinds/kinds.ts'
import { type Change, objectChange } from './change.ts'
import { COMPARED_HOSTS, type ComparedHosts } from './compared-rows.ts'
import type { FactReader } from './fact-rows.ts'
import { fieldChanges, type Pair, pair } from './pairs.ts'
import { type Owner, partsOf, type Side, versionsOf } from './side.ts'
import type { Unknowns } from './unknowns.ts'

/** What nodes and pods tell of their own network, of those that both snapshots read whole. */
export function hostChanges(facts: FactReader, before: Side, after: Side): Change[] {
  return COMPARED_HOSTS.flatMap((kind) =>
    ownersOf(before, kind.subject)
      .filter((owner) => isWhole(before, kind.subject, owner) && isWhole(after, kind.subject, owner))
      .flatMap((owner) => {
        const { removed, added } = facts.changed(
          kind.table,
          versionsOf(before, kind.subject, owner),
          versionsOf(after, kind.subject, owner)
        )
        const isTold = kind.isTold ?? (() => true)
        return pair(removed.filter(isTold), added.filter(isTold), kind.key).flatMap((entry) =>
          changesOf(kind, owner, entry)
        )
      })
  )
}

function changesOf(kind: ComparedHosts, owner: Owner, { before, after }: Pair): Change[] {
  const part = kind.part?.((after ?? before)!) ?? ''
  const of = nameOf(owner)
  if (!before || !after) {
    return [objectChange(of, kind.aspect, part, before && kind.summary(before), after && kind.summary(after))]
  }
  // What a node's listing leaves out of a row it leaves out of every row: the rows differ in what is told.
  return fieldChanges(before, after, kind.fields, () => {}).map((field) =>
    objectChange(of, kind.aspect, kind.fields.length === 1 ? part : `${part} ${field.name}`, field.before, field.after)
  )
}

/** What one of the snapshots does not hold of a node or pod that is in it. */
export function addUnreadHosts(
  before: Side,
  after: Side,
  owners: { readonly [side in 'before' | 'after']: { areAbsent(owner: Owner): boolean; nodes(): ReadonlySet<string> } },
  unknowns: Unknowns
): void {
  const nodes = [...new Set([...nodesIn(before), ...nodesIn(after), ...owners.before.nodes(), ...owners.after.nodes()])]
  for (const subject of new Set(COMPARED_HOSTS.map((kind) => kind.subject))) {
    for (const [name, side, other] of [
      ['before', before, after],
      ['after', after, before]
    ] as const) {
      const pods = ownersOf(other, subject).filter(({ pod }) => pod !== null)
      const all = [...nodes.map((node): Owner => ({ node, namespace: null, pod: null })), ...pods].filter(
        (owner) => !owners[name].areAbsent(owner)
      )
      for (const [reason, those] of byReason(side, subject, all)) {
        const named = those.filter(({ pod }) => pod !== null).map(({ namespace, pod }) => `${namespace}/${pod}`)
        const ofNodes = those.flatMap(({ node }) => node ?? [])
        const isAll = ofNodes.length > 1 && ofNodes.length === all.filter(({ node }) => node !== null).length
        const list = [...(isAll ? ['nodes'] : ofNodes), ...named]
        unknowns.add(`${subject} of ${list.join(', ')}`, name, reason, 'host')
      }
      if (nodes.length === 0) unknowns.add(`${subject} of nodes`, name, 'not collected', 'host')
    }
  }
}

function byReason(side: Side, subject: HostName, owners: readonly Owner[]): Map<string, Owner[]> {
  const unread = new Map<string, Owner[]>()
  for (const owner of owners) {
    const parts = partsOf(side, subject, owner)
    if (parts.some(({ status }) => status === 'complete')) continue
    const reason = parts.map(({ detail, status }) => detail ?? status).at(-1) ?? 'not collected'
    unread.set(reason, [...(unread.get(reason) ?? []), owner])
  }
  return unread
}

function nodesIn(side: Side): string[] {
  return side.parts.flatMap(({ node }) => node ?? [])
}

function ownersOf(side: Side, subject: string): Owner[] {
  const owners = new Map(partsOf(side, subject).map((part) => [`${part.node}\0${part.namespace}\0${part.pod}`, part]))
  return [...owners.values()]
}

function isWhole(side: Side, subject: string, owner: Owner): boolean {
  return partsOf(side, subject, owner).some((part) => part.status === 'complete')
}

function nameOf({ node, namespace, pod }: Owner): Pick<Change, 'section' | 'namespace' | 'object'> {
  return node !== null
    ? { section: 'node', namespace: '', object: node }
    : { section: 'pod', namespace: namespace ?? '', object: `${namespace}/${pod}` }
}
