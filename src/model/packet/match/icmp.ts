/** -m icmp and -m icmp6. */
import type { Match } from '../../../parse/iptables/rule.ts'
import { ICMP, ICMPV6 } from '../protocol.ts'
import { inRange, parseRange } from './number.ts'
import { matchWords, negateIf, type Part, undecided } from './part.ts'
import { ask } from './truth.ts'

export function icmpParts(match: Match): Part[] {
  const number = match.module === 'icmp' ? ICMP : ICMPV6
  const options = match.options.map((option): Part => {
    const [value = ''] = option.args
    if (value === 'any') return { check: () => !option.negated }
    const [typeText = '', codeText] = value.split('/')
    const type = parseRange(typeText, ':', 255)
    const code = codeText === undefined ? { from: 0, to: 255 } : parseRange(codeText, ':', 255)
    if (!type || !code || typeText === '') return undecided(match, option, 'type not known by this name')
    const words = matchWords(match, option)
    return negateIf(option.negated, ({ sent }) => {
      const { icmpType, icmpCode } = sent
      const known = icmpType !== undefined && (icmpCode !== undefined || codeText === undefined)
      if (!known) return ask({ id: words, text: `${words} matches`, reason: 'the ICMP type is not given' })
      return inRange(icmpType, type) && inRange(icmpCode ?? code.from, code)
    })
  })
  return [{ check: ({ flow }) => flow.protocol === number }, ...options]
}
