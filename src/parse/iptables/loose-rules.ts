import type { Dump, Table } from './rule.ts'
import { readSpecList } from './rules-spec.ts'
import { tableOf } from './table-of.ts'

const RULE = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/
const CHAIN = /^:(\S+) (\S+)(?: \[\d+:\d+\])?$/

/**
 * Reads what a filter left of iptables-save (`iptables-save | grep demo/web`): rules, and perhaps chains' lines. The table is `given` by the
 * command, or by a line `*nat` that stands there, or told by the chain or the target; a rule of which no table is told is not read.
 * Rules and chains that are not there are unknown.
 */
export function readLooseRules(text: string, given: string | null): Dump {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const byTable = new Map<string, string[]>()
  const untold: number[] = []
  let current = given
  lines.forEach((line, index) => {
    const opened = /^\*([a-z]+)$/.exec(line)?.[1]
    if (opened !== undefined) current = given ?? opened
    if (opened !== undefined || /^(?:COMMIT|#.*)?$/.test(line)) return
    const [, chain = '', rule = ''] = RULE.exec(line) ?? []
    const declared = CHAIN.exec(line)
    const table = current ?? tableOf(chain || (declared?.[1] ?? ''), rule)
    if (table === null) return void untold.push(index)
    if (!byTable.has(table))
      byTable.set(
        table,
        lines.map(() => '')
      )
    byTable.get(table)![index] = declared ? declaration(declared) : chain ? `-A ${chain} ${rule}` : line
  })
  return joined(
    [...byTable].map(([table, own]) => readSpecList(own.join('\n'), table, { wholeTable: false })),
    lines,
    untold
  )
}

/** In the words of `iptables -S`. */
function declaration([, name, policy]: RegExpExecArray): string {
  return policy === '-' ? `-N ${name}` : `-P ${name} ${policy}`
}

function joined(dumps: readonly Dump[], lines: readonly string[], untold: readonly number[]): Dump {
  const count = (kind: 'rules' | 'chains') => dumps.reduce((sum, dump) => sum + dump.lines[kind], 0)
  const problems = [
    ...dumps.flatMap((dump) =>
      dump.problems.filter(({ message }) => !/which the list does not begin with/.test(message))
    ),
    ...untold.map((index) => ({
      line: index + 1,
      offset: 0,
      text: lines[index]!,
      message: /^(?:-A|:)/.test(lines[index]!)
        ? 'of which table this is the output does not tell: not read'
        : 'not a line of iptables-save: not read'
    }))
  ]
  return {
    tables: dumps.flatMap((dump) => dump.tables.map(incomplete)),
    problems: problems.sort((a, b) => a.line - b.line),
    lines: {
      rules: count('rules'),
      chains: count('chains'),
      structure: 0,
      comments: 0,
      blank: 0,
      unread: untold.length
    }
  }
}

function incomplete(table: Table): Table {
  const chains = [...table.chains].map(([name, chain]) => [name, { ...chain, complete: false as const }] as const)
  return { ...table, complete: false, chains: new Map(chains) }
}
