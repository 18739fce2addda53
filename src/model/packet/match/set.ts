/** -m set: membership of an ipset whose contents the caller may know. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import { endsOf } from '../flow.ts'
import type { Probe } from '../ipset-field.ts'
import { inDevice, outDevice } from './interface.ts'
import { matchWords, negateIf, type Part, type Situation, undecided } from './part.ts'
import { ask, type Truth } from './truth.ts'

/** They change what a set counts, and not whether it matches. */
const COUNTING: ReadonlySet<string> = new Set(['--update-counters', '--update-subcounters'])

export function setParts(match: Match): Part[] {
  const asked = match.options.filter(({ name }) => !COUNTING.has(name))
  // It turns round what members and exceptions mean.
  if (asked.some(({ name }) => name === '--return-nomatch'))
    return asked.map((option) => undecided(match, option, 'which exceptions hold the packet is not looked into'))
  return asked.map((option) => {
    if (option.name !== '--match-set') return undecided(match, option, 'the set’s counters are not known')
    const words = matchWords(match, option)
    return negateIf(option.negated, (situation) => memberTruth(option, words, situation))
  })
}

function memberTruth(option: Option, words: string, situation: Situation): Truth {
  const [name = '', directions = ''] = option.args
  const { flow, host } = situation
  const set = host.set(name)
  const changed = [name, ...(set?.lists ?? [])].find((each) => flow.setsChanged.includes(each))
  const probes = directions.split(',').map((side) => probe(side === 'src', situation))
  const length = (flow.source ?? flow.destination)?.length
  const answer =
    changed === undefined ? set?.contains(probes, length === undefined ? undefined : length === 1 ? 4 : 6) : undefined
  if (answer !== undefined) return answer
  const reason =
    changed !== undefined
      ? `a rule on its way may have changed set ${changed}`
      : set
        ? `what it looks up in set ${name} is not known`
        : host.setUnknown(name)
  return ask({ id: `${words} ${endsOf(flow)}`, text: `${words} matches`, reason })
}

function probe(source: boolean, situation: Situation): Probe {
  const { flow } = situation
  return {
    address: source ? flow.source : flow.destination,
    port: source ? flow.sourcePort : flow.destinationPort,
    interface: source ? inDevice(situation) : outDevice(situation),
    protocol: flow.protocol,
    mark: flow.mark
  }
}
