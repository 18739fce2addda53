import type { NftTable } from '../../../parse/nft/ruleset.ts'

const filled = new WeakMap<NftTable, ReadonlySet<string>>()

/** Rules add to the set, so what it holds now is not what it held when it was listed. */
export function isFilled(table: NftTable, name: string): boolean {
  let names = filled.get(table)
  if (!names) filled.set(table, (names = filledSets(table)))
  return names.has(name)
}

/** JSON does not always say `dynamic`; the rules do. */
function filledSets({ sets, chains }: NftTable): ReadonlySet<string> {
  const names = [...sets.values()].filter(({ flags }) => flags.includes('dynamic')).map(({ name }) => name)
  for (const { rules } of chains.values()) {
    for (const { statements } of rules) {
      for (const statement of statements) if (statement.kind === 'update') names.push(statement.set)
    }
  }
  return new Set(names)
}
