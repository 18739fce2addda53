/** The names most like the wanted one, best first. */
export function nearest(wanted: string, names: readonly string[], count = 3): string[] {
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1)
  const ranked = names.map((name) => ({
    name,
    distance: Math.min(distance(wanted, name), distance(last(wanted), last(name)) + 0.5)
  }))
  return ranked
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

/** Of these names the most alike one, where it is so alike that it may have been meant. */
export function nearby(wanted: string, names: readonly string[]): string[] {
  return nearest(wanted, names, 1).filter(
    (name) => distance(wanted.toLowerCase(), name) <= Math.max(1, Math.floor(wanted.length / 2))
  )
}

/** How many letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, place) => place)]
  for (let i = 1; i <= a.length; i++) {
    const [before, row] = [rows[i - 1]!, [i]]
    for (let j = 1; j <= b.length; j++) {
      const changed = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(before[j]! + 1, row[j - 1]! + 1, changed, isSwap ? rows[i - 2]![j - 2]! + 1 : Infinity))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
