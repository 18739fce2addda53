import type { Part, Side } from './side.ts'

/** The same node's, or pod's, rules in both snapshots. One of the two is missing where a snapshot has no dump of it. */
export interface DumpPair {
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
  readonly family: string
  readonly before?: Part
  readonly after?: Part
}

/** Dumps of one owner and family belong together by backend; what is left over, in the order of collection. */
export function pairDumps(before: Side, after: Side): DumpPair[] {
  const owners = new Map<string, { before: Part[]; after: Part[] }>()
  for (const [side, parts] of [
    ['before', dumps(before)],
    ['after', dumps(after)]
  ] as const) {
    for (const part of parts) {
      const key = [part.node, part.namespace, part.pod, part.family].join('\0')
      const owner = owners.get(key) ?? { before: [], after: [] }
      owner[side].push(part)
      owners.set(key, owner)
    }
  }
  return [...owners.values()].flatMap(pairOwner)
}

function dumps(side: Side): Part[] {
  return side.parts.filter((part) => part.subject === 'rules')
}

function pairOwner({ before, after }: { before: Part[]; after: Part[] }): DumpPair[] {
  const { node, namespace, pod, family } = (before[0] ?? after[0])!
  const of = { node, namespace, pod, family: family ?? 'ipv4' }
  const rest = [...after]
  const take = (matches: (part: Part) => boolean): Part | undefined => {
    const index = rest.findIndex(matches)
    return index < 0 ? undefined : rest.splice(index, 1)[0]
  }
  const same = before.map((part) => ({
    part,
    other: take((other) => other.backend === part.backend && other.container === part.container)
  }))
  const pairs = same.map(({ part, other = take((left) => left.container === part.container) }) => ({
    ...of,
    before: part,
    ...(other && { after: other })
  }))
  return [...pairs, ...rest.map((part) => ({ ...of, after: part }))]
}
