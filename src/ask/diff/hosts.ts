import { type Change, objectChange } from './change.ts'
import type { FactReader } from './fact-rows.ts'
import { HOST_KINDS } from './object-kinds.ts'
import { pair } from './pairs.ts'
import { type Owner, partsOf, type Side, versionsOf } from './side.ts'

/** Addresses, routes and sockets that nodes and pods show, of those that both snapshots read whole. */
export function hostChanges(facts: FactReader, before: Side, after: Side): Change[] {
  return HOST_KINDS.flatMap((kind) =>
    ownersOf(before, kind.subject)
      .filter((owner) => isWhole(before, kind.subject, owner) && isWhole(after, kind.subject, owner))
      .flatMap((owner) => {
        const { removed, added } = facts.changed(
          kind.table,
          versionsOf(before, kind.subject, owner),
          versionsOf(after, kind.subject, owner)
        )
        return pair(removed.filter(kind.isTold), added.filter(kind.isTold), kind.key)
          .filter((entry) => !entry.before || !entry.after)
          .map((entry) =>
            objectChange(
              nameOf(owner),
              kind.aspect,
              kind.name((entry.after ?? entry.before)!),
              entry.before && kind.summary(entry.before),
              entry.after && kind.summary(entry.after)
            )
          )
      })
  )
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
