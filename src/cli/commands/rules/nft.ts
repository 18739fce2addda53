import { printRuleset } from '../../../parse/nft/print.ts'
import { readRuleset } from '../../../parse/nft/read.ts'
import type { NftTable } from '../../../parse/nft/ruleset.ts'
import { UserError } from '../../../problem.ts'
import { visible } from '../../../report/format/cell.ts'
import { talk } from '../../terminal/print.ts'

interface Choice {
  /** `kube-proxy`, or with its family: `ip kube-proxy`. */
  readonly table: string | undefined
  readonly chain: string | undefined
  readonly output: string
}

const MOST_PROBLEMS = 5

/** Prints what nft listed, as text or as JSON, in the form that nft -f loads, counters and all. */
export function printNft(file: string, text: string, { table, chain, output }: Choice): void {
  if (output !== 'nft' && output !== 'save')
    throw new UserError(`${file}: is an nft ruleset, which is printed as nft itself does; give -o nft`)
  const ruleset = readRuleset(text)
  if (ruleset.tables.length === 0)
    throw new UserError(`${file}: holds no nft table; make one with "nft list ruleset" or "nft -j list ruleset"`)
  if (!ruleset.complete) talk(`${file}: it ends in the middle, and of what may follow nothing is known`)
  const problems = [...ruleset.problems, ...ruleset.tables.flatMap(({ unread }) => unread)]
  for (const { line, text: what } of problems.slice(0, MOST_PROBLEMS))
    talk(`${file}${line === undefined ? '' : `:${line}`}: not understood: ${what.split('\n')[0]!.slice(0, 100)}`)
  if (problems.length > MOST_PROBLEMS)
    talk(`${file}: and ${problems.length - MOST_PROBLEMS} more parts that were not understood`)
  const tables = ruleset.tables.filter((each) => isNamed(each, table)).map((each) => withChain(each, chain))
  const printed = printRuleset({
    ...ruleset,
    tables: tables.filter(({ chains }) => chain === undefined || chains.size > 0)
  })
  if (printed === '')
    throw new UserError(
      `${file}: has no ${[table && `table ${table}`, chain && `chain ${chain}`].filter(Boolean).join(', ')}`
    )
  process.stdout.write(process.stdout.isTTY ? printed.split('\n').map(visible).join('\n') : printed)
}

function isNamed({ family, name }: NftTable, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === name || wanted === `${family} ${name}`
}

function withChain(table: NftTable, wanted: string | undefined): NftTable {
  if (wanted === undefined) return table
  return {
    ...table,
    chains: new Map([...table.chains].filter(([name]) => name === wanted)),
    objects: [],
    sets: new Map()
  }
}
