import { API_KINDS, type ApiName } from '../../../kinds/kinds.ts'
import type { Store } from '../../../store/open.ts'
import { COMPARED_OBJECTS } from '../../diff/compared-rows.ts'
import { endpointChanges } from '../../diff/endpoints.ts'
import { objectChanges } from '../../diff/objects.ts'
import { covers, type Side, versionsOf } from '../../diff/side.ts'
import type { Followed } from '../followed.ts'
import { ObjectFacts, type Selection } from '../object-facts.ts'

/** An object of any kind: all that the diff of two snapshots compares of it. `name` is `demo/shop`, or `shop` of a kind without namespaces. */
export function followObject(store: Store, kind: ApiName, name: string): Followed {
  const { singular, isNamespaced, nameColumn, tables } = API_KINDS[kind]
  const [namespace, own] = isNamespaced ? (name.split('/') as [string, string]) : ['', name]
  const selection: Selection = isNamespaced
    ? [`namespace = ? AND ${nameColumn} = ?`, namespace, own]
    : [`${nameColumn} = ?`, own]
  const facts = new ObjectFacts(store, Object.fromEntries(tables.map((table) => [table.name, selection])))
  const compared = COMPARED_OBJECTS.filter(({ subject }) => subject === kind)
  const isListed = (side: Side) => tables.some((table) => facts.rows(table.name, versionsOf(side, kind)).length > 0)
  return {
    object: `${singular}/${name}`,
    namespace,
    scope: { subjects: [kind] },
    subjects: [[kind]],
    isThere: (side) => isListed(side) || (covers(side, kind, namespace) ? false : undefined),
    changes: (before, after, unknowns) => [
      ...objectChanges(facts, before, after, unknowns, compared),
      ...endpointChanges(facts, before, after, unknowns)
    ],
    counts: () => []
  }
}

/** SQL for the names of all that ever stood. */
export function namesOf(kind: ApiName): string {
  const { isNamespaced, nameColumn, tables } = API_KINDS[kind]
  return `SELECT DISTINCT ${isNamespaced ? "x.namespace || '/' || " : ''}x.${nameColumn} FROM ${tables[0].name} x
    JOIN _collection k ON k.id = x.collection AND (k.scope = '${kind}' OR k.scope LIKE '${kind} of %')`
}
