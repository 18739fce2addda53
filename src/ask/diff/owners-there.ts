import type { Store } from '../../store/open.ts'
import { StoredFacts } from './fact-rows.ts'
import { covers, type Owner, partsOf, type Side, versionsOf } from './side.ts'

/** Which nodes and pods are known not to be in a snapshot: what they tell of themselves is not unknown, there is none. */
export class OwnersThere {
  readonly #store: Store
  readonly #side: Side
  #nodes: ReadonlySet<string> | undefined

  constructor(store: Store, side: Side) {
    this.#store = store
    this.#side = side
  }

  areAbsent({ node, namespace, pod }: Owner): boolean {
    return node !== null
      ? covers(this.#side, 'nodes', '') && !this.nodes().has(node)
      : covers(this.#side, 'pods', namespace ?? '') && !this.#isPod(`${namespace}/${pod}`)
  }

  /** By name, as the API lists them. */
  nodes(): ReadonlySet<string> {
    return (this.#nodes ??= new Set(
      new StoredFacts(this.#store)
        .rows('_node', versionsOf(this.#side, 'nodes'), ['node'])
        .map(({ node }) => String(node))
    ))
  }

  #isPod(pod: string): boolean {
    const isDumped = partsOf(this.#side, 'rules').some((part) => `${part.namespace}/${part.pod}` === pod)
    const select = this.#store.prepare(
      "SELECT 1 FROM _pod WHERE collection = ? AND until > ? AND since <= ? AND namespace || '/' || pod = ?"
    )
    return (
      isDumped || versionsOf(this.#side, 'pods').some(({ collection, seq }) => select.get(collection, seq, seq, pod))
    )
  }
}
