/** -s, -d and -m iprange. */
import type { Match, Operand } from '../../../parse/iptables/rule.ts'
import { type Address, compareAddresses, inNetwork, parseAddress, parseNetwork } from '../address.ts'
import { matchWords, negateIf, type Part, undecided } from './part.ts'
import { ask, type Truth } from './truth.ts'

export type Side = 'source' | 'destination'

/** Undefined when the text is no address (a host name in a listing without -n). */
export function networkPart(side: Side, { value, negated }: Operand): Part | undefined {
  const network = parseNetwork(value)
  return (
    network &&
    negateIf(negated, ({ flow }) => {
      const address = flow[side]
      return address ? inNetwork(address, network) : unknown(side, `is in ${value}`)
    })
  )
}

export function rangeParts(match: Match): Part[] {
  return match.options.map((option) => {
    const [from, to] = (option.args[0] ?? '').split('-').map(parseAddress)
    const side = { '--src-range': 'source', '--dst-range': 'destination' }[option.name] as Side | undefined
    if (!from || !to || !side) return undecided(match, option, 'option not known')
    const words = matchWords(match, option)
    return negateIf(option.negated, ({ flow }) => {
      const address = flow[side]
      return address ? between(address, from, to) : unknown(side, `matches ${words}`)
    })
  })
}

function between(address: Address, from: Address, to: Address): boolean {
  return compareAddresses(address, from) >= 0 && compareAddresses(address, to) <= 0
}

function unknown(side: Side, predicate: string): Truth {
  const text = `the ${side} address ${predicate}`
  return ask({ id: text, text, reason: `the ${side} address is not known` })
}
