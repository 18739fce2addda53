import type { Gap } from './coverage.ts'

/** So many gaps are named with a finding; all of them are listed once, with the check. */
const NAMED = 100

/** `rules of a, rules of b and 7 more`; '' for none. Those of all nodes, and those of the finding's own. */
export function gapNames(everywhere: readonly Gap[], there: readonly Gap[] = []): string {
  const named = [...everywhere.slice(0, NAMED), ...there.slice(0, NAMED)]
  const more = everywhere.length + there.length - named.length
  return `${named.map(({ subject }) => subject).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

/** There may be as many findings as gaps: a finding looks up those of its node. */
export function gapsByNode(gaps: readonly Gap[]): ReadonlyMap<string, readonly Gap[]> {
  const nodes = new Map<string, Gap[]>()
  for (const gap of gaps) {
    if (gap.node === undefined) continue
    const known = nodes.get(gap.node)
    if (known) known.push(gap)
    else nodes.set(gap.node, [gap])
  }
  return nodes
}
