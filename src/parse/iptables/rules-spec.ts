import { takeCounters } from './counters.ts'
import { ProblemLog } from './problems.ts'
import { closingQuote, valueOfSeveralLines } from './quote.ts'
import type { Chain, Counters, Dump, LineCensus, RuleLine } from './rule.ts'

type OpenChain = Chain & { rules: RuleLine[] }

/** `-P CHAIN POLICY [-c P B]` for a built-in chain, `-N CHAIN` for a user chain. */
const POLICY = /^-P (\S+) (\S+)(?: -c (\d+) (\d+))?$/
const NEW = /^-N (\S+)$/
const APPEND = /^-A (\S+)(?: |$)/

/**
 * Reads what `iptables -S [CHAIN] [-v]` prints. It names no table; `table` is what the command said, null when nobody
 * knows. The table counts as complete: give `wholeTable: false` when the command named a chain.
 */
export function readSpecList(text: string, table: string | null, { wholeTable = true } = {}): Dump {
  const log = new ProblemLog(text)
  const lines: LineCensus = { rules: 0, chains: 0, structure: 0, comments: 0, blank: 0, unread: 0 }
  const chains = new Map<string, OpenChain>()
  let complete = wholeTable
  let line = 1
  for (let start = 0, end = 0; start < text.length; start = end + 1, line++) {
    end = lineEnd(text, start)
    const row = text.slice(start, end).trimEnd()
    const append = APPEND.exec(row)
    if (append) {
      const joined = ruleEnd(text, start + append[0].length, end)
      if (!joined.closed) log.add(line, start, end, 'a quote is opened and not closed: the rule is read as one line')
      const chain = chains.get(append[1]!) ?? undeclared(append[1]!)
      if (!chains.has(chain.name)) {
        chains.set(chain.name, chain)
        log.add(line, start, end, `a rule of chain ${chain.name}, which the list does not begin with -P or -N: its policy is not known`)
      }
      const { text: words, counters } = takeCounters(text.slice(start + append[0].length, joined.end).trim())
      chain.rules.push({ text: words.trimEnd(), ...(counters && { counters }), line })
      lines.rules += 1 + joined.feeds
      line += joined.feeds
      end = joined.end
    } else if (readChain(row, chains)) lines.chains++
    else if (row === '') lines.blank++
    else if (row.startsWith('#')) {
      lines.comments++
      complete = false
      log.add(line, start, end, 'iptables warns that this list is not all there is')
    } else {
      lines.unread++
      complete = false
      log.add(line, start, end, 'not a line of iptables -S: not read')
    }
  }
  return { tables: [{ name: table, chains, complete }], problems: log.problems, lines }
}

function readChain(row: string, chains: Map<string, OpenChain>): boolean {
  const policy = POLICY.exec(row)
  const name = policy?.[1] ?? NEW.exec(row)?.[1]
  if (name === undefined) return false
  const counters: Counters | null = policy?.[3] === undefined ? null : { packets: policy[3], bytes: policy[4]! }
  chains.set(name, { name, policy: policy?.[2] ?? null, ...(counters && { counters }), rules: chains.get(name)?.rules ?? [] })
  return true
}

function undeclared(name: string): OpenChain {
  return { name, policy: null, rules: [], declared: false }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

/** Where the rule whose words begin at `from` ends, over how many line feeds, and whether its quotes are closed there. */
function ruleEnd(text: string, from: number, firstEnd: number): { end: number; feeds: number; closed: boolean } {
  let end = firstEnd
  let closed = true
  for (let open = text.indexOf('"', from); open !== -1 && open < end;) {
    let close = closingQuote(text, open + 1, end)
    if (close === -1) close = valueOfSeveralLines(text, open)
    closed = close !== -1
    if (!closed) break
    if (close > end) end = lineEnd(text, close)
    open = text.indexOf('"', close + 1)
  }
  return { end, feeds: text.slice(from, end).split('\n').length - 1, closed }
}
