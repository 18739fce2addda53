/** -m mark and -m connmark. */
import type { Match } from '../../../parse/iptables/rule.ts'
import type { Flow } from '../flow.ts'
import { isTracked } from './connection.ts'
import { parseMasked } from './number.ts'
import { matchWords, negateIf, type Part, undecided } from './part.ts'
import { ask } from './truth.ts'

export function markParts(match: Match): Part[] {
  return parts(match, (flow) => flow.mark, 'the packet’s mark is not known')
}

/** Without a conntrack entry nothing matches, negated or not. */
export function connectionMarkParts(match: Match): Part[] {
  return [{ check: isTracked }, ...parts(match, (flow) => flow.connectionMark, 'the connection’s mark is not known')]
}

function parts(match: Match, read: (flow: Flow) => number | null, reason: string): Part[] {
  return match.options.map((option) => {
    const wanted = parseMasked(option.args[0] ?? '')
    if (option.name !== '--mark' || !wanted) return undecided(match, option, 'option not known')
    const words = matchWords(match, option)
    return negateIf(option.negated, ({ flow }) => {
      const mark = read(flow)
      if (mark === null) return ask({ id: words, text: `${words} matches`, reason })
      return (mark & wanted.mask) >>> 0 === wanted.value
    })
  })
}
