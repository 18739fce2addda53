/**
 * The longest run of common elements that stand in the same order in both lists, as pairs of places.
 * An element that occurs several times is matched first with first, second with second, so this is the longest common
 * subsequence of such matches. Which of several longest runs is chosen does not depend on which list comes first.
 */
export function commonOrder(before: readonly string[], after: readonly string[]): [before: number, after: number][] {
  if (!comesFirst(before, after)) return matched(after, before).map(([b, a]) => [a, b])
  return matched(before, after)
}

function comesFirst(a: readonly string[], b: readonly string[]): boolean {
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] !== b[index]) return a[index]! < b[index]!
  }
  return a.length <= b.length
}

function matched(first: readonly string[], second: readonly string[]): [number, number][] {
  const places = new Map<string, number[]>()
  second.forEach((element, place) => {
    const known = places.get(element)
    if (known) known.push(place)
    else places.set(element, [place])
  })
  const next = new Map<string, number>()
  const pairs = first.flatMap((element, place): [number, number][] => {
    const count = next.get(element) ?? 0
    next.set(element, count + 1)
    const other = places.get(element)?.[count]
    return other === undefined ? [] : [[place, other]]
  })
  return longestIncreasing(pairs)
}

/** Patience sorting over the second places; the first places increase already. */
function longestIncreasing(pairs: readonly [number, number][]): [number, number][] {
  const tails: number[] = []
  const previous: number[] = []
  pairs.forEach(([, place], index) => {
    let low = 0
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1
      if (pairs[tails[middle]!]![1] < place) low = middle + 1
      else high = middle
    }
    previous[index] = low > 0 ? tails[low - 1]! : -1
    tails[low] = index
  })
  const run: [number, number][] = []
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index]!) run.push(pairs[index]!)
  return run.reverse()
}
