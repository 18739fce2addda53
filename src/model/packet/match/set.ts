/** -m set: membership of an ipset whose contents the caller may know. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import type { Probe } from '../ipset.ts'
import { endsOf } from '../flow.ts'
import { inDevice, outDevice } from './interface.ts'
import { ask, matchWords, negateIf, undecided, type Part, type Situation, type Truth } from './part.ts'

export function setParts(match: Match): Part[] {
  return match.options.map((option) => {
    if (option.name !== '--match-set') return undecided(match, option, 'the set’s counters are not known')
    const words = matchWords(match, option)
    return negateIf(option.negated, (situation) => memberTruth(option, words, situation))
  })
}

function memberTruth(option: Option, words: string, situation: Situation): Truth {
  const [name = '', directions = ''] = option.args
  const set = situation.host.set(name)
  const sides = directions.split(',')
  const probes = sides.map((side) => probe(side === 'src', situation))
  const answer = set && sides.length >= set.dimensions ? set.contains(probes) : undefined
  if (answer !== undefined) return answer
  const reason = set ? `what it looks up in set ${name} is not known` : `the contents of set ${name} are not known`
  return ask({ id: `${words} ${endsOf(situation.flow)}`, text: `${words} matches`, reason })
}

function probe(source: boolean, situation: Situation): Probe {
  const { flow } = situation
  return {
    address: source ? flow.source : flow.destination,
    port: source ? flow.sourcePort : flow.destinationPort,
    interface: source ? inDevice(situation) : outDevice(situation),
    protocol: flow.protocol,
    mark: flow.mark,
  }
}
