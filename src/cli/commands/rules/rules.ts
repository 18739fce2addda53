import { statSync } from 'node:fs'
import { LIMITS } from '../../../archive/limits.ts'
import { type Choice, chainsOf } from '../../../ask/rules/chains.ts'
import { type StoredDump, storedDumps } from '../../../ask/rules/dump.ts'
import {
  dumpRuleRows,
  RULE_COLUMNS,
  type RuleRow,
  storedRuleRows,
  TYPED_COLUMNS,
  typed
} from '../../../ask/rules/rows.ts'
import { saveLines } from '../../../ask/rules/save.ts'
import { readInput } from '../../../input-file.ts'
import { ruleColumns } from '../../../model/rule-columns.ts'
import { decodeText, encodeBytes } from '../../../parse/iptables/bytes.ts'
import { notShown } from '../../../parse/iptables/not-shown.ts'
import { printDump } from '../../../parse/iptables/print.ts'
import { readRules } from '../../../parse/iptables/read-rules.ts'
import type { Dump } from '../../../parse/iptables/rule.ts'
import { isRuleset } from '../../../parse/nft/read.ts'
import { UserError } from '../../../problem.ts'
import { visible } from '../../../report/format/cell.ts'
import type { Store } from '../../../store/open.ts'
import { findSnapshot } from '../../store/asking.ts'
import { print, talk } from '../../terminal/print.ts'
import { printNft } from './nft.ts'

export interface RulesQuestion extends Choice {
  readonly snapshot: string
  readonly node: string
  readonly family: string
  readonly counters: boolean
  readonly output: string
}

export async function printStored(store: Store, question: RulesQuestion): Promise<void> {
  const dumps = storedDumps(store, await findSnapshot(store, question.snapshot), question.node, question.family)
  for (const dump of dumps) requireKnown(store, dump, question)
  if (question.output !== 'save') {
    const rows = dumps.flatMap((dump) =>
      shown(storedRuleRows(store, dump, question), question.output).map((row) => [dump.backend, ...row])
    )
    return print({ columns: ['backend', ...shownColumns(question.output)], rows }, question.output)
  }
  for (const dump of dumps) writeLines(saveLines(store, dump, question))
}

/** An empty answer would look like a chain without rules. */
function requireKnown(store: Store, dump: StoredDump, { table, chain }: Choice): void {
  const where = `${dump.snapshot}: the rules of ${dump.node}`
  if (dump.status === 'failed')
    throw new UserError(`${where} are not known: ${dump.detail ?? 'they could not be read'}`)
  if (table === undefined && chain === undefined) return
  if (
    chainsOf(store, dump, { ...(table !== undefined && { table }), ...(chain !== undefined && { chain }) }).length > 0
  )
    return
  throw new UserError(
    `${where} have no ${[table && `table ${table}`, chain && `chain ${chain}`].filter(Boolean).join(', ')}`
  )
}

/** Byte for byte what iptables-save printed, but for a terminal, which would act on some. In pieces: a node may have hundreds of thousands of rules. */
function writeLines(lines: Iterable<string>): void {
  let piece = ''
  const flush = () => void process.stdout.write(encodeBytes(piece))
  for (const line of lines) {
    piece += `${process.stdout.isTTY ? visible(line) : line}\n`
    if (piece.length > 2 ** 16) {
      flush()
      piece = ''
    }
  }
  flush()
}

export function printFile(
  file: string,
  { table, chain, counters, output }: Pick<RulesQuestion, 'table' | 'chain' | 'counters' | 'output'>
): void {
  const text = readFile(file)
  if (output === 'nft' || isRuleset(text)) return printNft(file, text, { table, chain, output })
  const whole = readRules(text, table ?? null)
  if (whole.tables.length === 0)
    throw new UserError(
      `${file}: holds no table of iptables-save, and no list of iptables -S or -L; make one with "iptables-save -c"`
    )
  for (const { line, message } of whole.problems.slice(0, MOST_PROBLEMS)) talk(`${file}:${line}: ${message}`)
  if (whole.problems.length > MOST_PROBLEMS)
    talk(`${file}: and ${whole.problems.length - MOST_PROBLEMS} more lines that were not understood`)
  const dump = chosen(whole, table, chain)
  tellUnknown(file, dump)
  if (output !== 'save')
    return print({ columns: shownColumns(output), rows: shown(dumpRuleRows(dump), output) }, output)
  return writeLines(printDump(dump, { counters }).split('\n').slice(0, -1))
}

const MOST_PROBLEMS = 5

/** A terminal is too narrow for what the text says too. */
function shownColumns(output: string): string[] {
  return output === 'table' ? RULE_COLUMNS : [...RULE_COLUMNS, ...TYPED_COLUMNS]
}

function shown(rows: Iterable<RuleRow>, output: string): unknown[][] {
  return output === 'table' ? Array.from(rows, ({ cells }) => [...cells]) : typed(rows)
}

/** Says which rules hold something that snap does not know by name, and what a listing does not show. */
function tellUnknown(file: string, { tables }: Dump): void {
  const rules = tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules))
  for (const said of notShown(rules.flatMap(({ unreadable = [] }) => unreadable)))
    talk(`${file}: of some rules not all is known: ${said}`)
  const unknown = rules.flatMap(({ text, line }) => {
    const { notUnderstood } = ruleColumns(text)
    return notUnderstood === null ? [] : [`${file}:${line}: ${notUnderstood}; kept as it stands`]
  })
  unknown.slice(0, MOST_PROBLEMS).forEach((said) => talk(said))
  if (unknown.length > MOST_PROBLEMS)
    talk(`${file}: and ${unknown.length - MOST_PROBLEMS} more rules with something that is not known`)
}

function readFile(file: string): string {
  let content: Buffer
  try {
    if (statSync(file).size > LIMITS.itemBytes)
      throw new UserError(`${file}: is larger than ${LIMITS.itemBytes} bytes; split it by tables`)
    content = readInput(file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return decodeText(content)
}

function chosen(dump: Dump, table: string | undefined, chain: string | undefined): Dump {
  const tables = dump.tables
    .filter(({ name }) => table === undefined || name === table)
    .map((each) => ({
      ...each,
      chains: new Map([...each.chains].filter(([name]) => chain === undefined || name === chain))
    }))
  return { ...dump, tables: tables.filter(({ chains }) => chain === undefined || chains.size > 0) }
}
