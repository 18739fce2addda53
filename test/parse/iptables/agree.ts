import type { ExecutionContext } from 'ava'
import { printSpec } from '../../../src/parse/iptables/print.ts'
import type { Chain, RuleLine, RuleSpec, Table } from '../../../src/parse/iptables/rule.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'

/** What save prints and a listing of the same rules cannot show; without it the two must be the same. */
export interface Carried {
  readonly interfaces: boolean
  readonly exactCounters: boolean
  /** Matches of which the listing prints not a word. */
  readonly unlisted?: readonly string[]
}

/** Names of protocols that /etc/protocols has, but iptables itself has not: older iptables-save print them. */
const PROTOCOLS: Readonly<Record<string, string>> = { gre: '47', igmp: '2', ospf: '89', ipencap: '4' }

/** Asserts that a listing says of each rule what save says, and names each difference as unreadable; counts the rules. */
export function assertAgree(t: ExecutionContext, save: Table, listed: Table, carried: Carried): number {
  t.deepEqual([...listed.chains.keys()], [...save.chains.keys()])
  let count = 0
  for (const chain of save.chains.values()) {
    const other = listed.chains.get(chain.name)!
    t.is(other.policy, chain.policy)
    t.is(other.rules.length, chain.rules.length, `rules of ${chain.name}`)
    for (const [index, rule] of chain.rules.entries()) assertRule(t, chain, rule, other.rules[index]!, carried)
    count += chain.rules.length
  }
  return count
}

function assertRule(t: ExecutionContext, { name }: Chain, rule: RuleLine, listed: RuleLine, carried: Carried): void {
  const [expected, actual] = [comparable(rule, carried), comparable(listed, carried)]
  if (expected !== actual && !listed.unreadable?.includes('match')) t.is(actual, expected, `in ${name}`)
  if (carried.exactCounters && rule.counters)
    t.deepEqual(listed.counters, rule.counters, `counters of "${rule.text}" in ${name}`)
  t.is(listed.unreadable?.includes('interfaces') ?? false, !carried.interfaces)
}

function comparable(rule: RuleLine, { interfaces, unlisted = [] }: Carried): string {
  const { inInterface, outInterface, protocol, ...spec } = parseSpec(rule.text)
  return printSpec({
    ...spec,
    ...(interfaces && { ...(inInterface && { inInterface }), ...(outInterface && { outInterface }) }),
    ...(protocol && { protocol: { ...protocol, value: PROTOCOLS[protocol.value] ?? protocol.value } }),
    matches: spec.matches.filter(({ module }) => !unlisted.includes(module)).map(endless)
  })
}

/** Save prints the end of 32-bit time where no end was given; listings leave it out. */
function endless(match: RuleSpec['matches'][number]): RuleSpec['matches'][number] {
  return {
    ...match,
    options: match.options.filter(({ name, args }) => name !== '--datestop' || args[0] !== '2038-01-19T03:14:07')
  }
}
