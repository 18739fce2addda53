/** Two listings of one ruleset, without what one form of listing does not show. */
import type { Element, Statement } from '../../../src/parse/nft/expression.ts'
import type { NftSet, NftTable, Ruleset } from '../../../src/parse/nft/ruleset.ts'

/** What nft's JSON (1.0.6) leaves out or says otherwise is left out: handles, some comments, `dynamic`, `typeof`, milliseconds. */
export function comparable({ tables }: Ruleset, keep: (table: NftTable) => boolean = () => true): unknown {
  return tables.filter(keep).map((table) => ({
    family: table.family,
    name: table.name,
    unread: table.unread,
    chains: [...table.chains.values()].map(({ name, base, rules }) => ({
      name,
      base,
      rules: rules.map(({ statements, comment }) => ({ statements, comment }))
    })),
    sets: [...table.sets.values()].map(comparableSet),
    objects: table.objects.map(({ kind, name }) => ({ kind, name }))
  }))
}

function comparableSet(set: NftSet): unknown {
  const { kind, name, typeOf, type, data, flags, timeout, garbageCollection, size, autoMerge, statements } = set
  return {
    kind,
    name,
    ...(typeOf ? {} : { type, data }),
    flags: flags.filter((flag) => flag !== 'dynamic' && (flag !== 'timeout' || timeout === undefined)),
    timeout,
    garbageCollection,
    size,
    autoMerge,
    statements,
    elements: set.elements.map(withoutTime)
  }
}

function withoutTime({ expires: _, ...element }: Element): Element {
  return element
}

export function statementsOf({ tables }: Ruleset): Statement[] {
  return tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap(({ rules }) => rules.flatMap((rule) => rule.statements))
  )
}
