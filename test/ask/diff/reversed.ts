import type { Change, Diff } from '../../../src/ask/diff/change.ts'

/** What the diff says read backwards, in an order of its own so that two diffs can be compared. */
export function reversed({ before, after, changes, unknown }: Diff): object {
  const sides = { before: 'after', after: 'before', both: 'both' } as const
  return plain({
    before: after,
    after: before,
    changes: changes.map(reversedChange),
    unknown: unknown.map((each) => ({ ...each, side: sides[each.side] }))
  })
}

function reversedChange(change: Change): Change {
  const kinds = { added: 'removed', removed: 'added', changed: 'changed' } as const
  return {
    ...change,
    change: kinds[change.change],
    before: change.after,
    after: change.before,
    ...(change.unmoved && { unmoved: { before: change.unmoved.after, after: change.unmoved.before } }),
    ...(change.rules && {
      rules: change.rules.map((rule) => ({ ...rule, sign: rule.sign === '+' ? ('-' as const) : ('+' as const) }))
    })
  }
}

export function plain({ changes, unknown, ...names }: Diff): object {
  const lines = changes.map(({ rules, nodes, ...change }) =>
    JSON.stringify({
      ...change,
      nodes: [...nodes].sort(),
      rules: rules?.map(({ sign, table, line }) => `${sign}${table} ${line}`).sort()
    })
  )
  return { ...names, changes: lines.sort(), unknown: unknown.map((each) => JSON.stringify(each)).sort() }
}
