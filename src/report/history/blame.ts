import type { BlamedChain } from '../../ask/history/blame.ts'
import { onNodes } from '../diff/words.ts'
import { type Rows, visible } from '../format/cell.ts'

const COLUMNS = [
  'table_name',
  'chain',
  'family',
  'nodes',
  'of_nodes',
  'is_whole',
  'number',
  'since',
  'is_oldest',
  'target_since',
  'text'
]

/** One row a rule of each chain that is not the same, or has not the same past, on all nodes. */
export function blameRows(chains: readonly BlamedChain[]): Rows {
  return {
    columns: COLUMNS,
    rows: chains.flatMap(({ table, chain, family, nodes, of, isWhole, rules }) =>
      rules.map(({ number, text, since, isOldest, targetSince }) => [
        table,
        chain,
        family,
        nodes,
        of,
        isWhole ? 1 : 0,
        number,
        since,
        isOldest ? 1 : 0,
        targetSince,
        text
      ])
    )
  }
}

/** As `git blame`: since when, the rule's place, and the rule. `^` marks the oldest snapshot that read the chain. */
export function blameText(chains: readonly BlamedChain[]): string {
  return chains
    .map((chain) => {
      const { table, isWhole, rules, family } = chain
      const head = `${table} ${chain.chain} ${onNodes({ ...chain, family: family === 'ipv6' ? 'ipv6' : 'ipv4' })}`
      const since = rules.map(({ isOldest, since: name }) => `${isOldest ? '^' : ' '}${name}`)
      const wide = Math.max(0, ...since.map(({ length }) => length))
      const lines = rules.map(({ number, text, since: name, targetSince }, index) => {
        const target = targetSince === name ? '' : `  (this target since ${targetSince})`
        return `${since[index]!.padEnd(wide)} ${String(number ?? '').padStart(4)}  ${text}${target}`
      })
      return [
        head,
        ...(isWhole ? [] : ['(the listing is not whole: there may be more rules)']),
        ...(rules.length === 0 ? ['(no rules)'] : lines)
      ]
        .map((line) => `${visible(line)}\n`)
        .join('')
    })
    .join('\n')
}
