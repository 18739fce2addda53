import type { Store } from '../../store/open.ts'
import type { Check } from '../check/definition.ts'

/** Codes of the checks whose query returns a node: of these alone it means something that a node has no finding. */
export function checksAboutNodes(store: Store, checks: readonly Check[]): ReadonlySet<string> {
  return new Set(
    checks
      .filter(({ sql }) =>
        store
          .prepare(sql)
          .columns()
          .some(({ name }) => name === 'node')
      )
      .map(({ code }) => code)
  )
}

/** Nodes that are listed, or of which something was to be collected. */
export function nodesKnown(store: Store): string[] {
  return store
    .prepare('SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL ORDER BY 1')
    .pluck()
    .all() as string[]
}
