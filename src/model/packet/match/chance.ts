/** -m statistic: a share of the packets. Kernel: net/netfilter/xt_statistic.c. */
import type { Match } from '../../../parse/iptables/rule.ts'
import { parseNumber } from './number.ts'
import { type Part, undecided } from './part.ts'
import { not, type Truth } from './truth.ts'

/** The kernel compares 31 random bits with round(p · 2^31). */
const SCALE = 2 ** 31

export function statisticParts(match: Match): Part[] {
  const { options } = match
  const probability = options.find((option) => option.name === '--probability')
  const every = options.find((option) => option.name === '--every')
  const share = probability
    ? Math.round(Number(probability.args[0]) * SCALE) / SCALE
    : 1 / (parseNumber(every?.args[0] ?? '') ?? 0)
  const deciding = probability ?? every
  if (!deciding || !(share >= 0 && share <= 1)) {
    return options.map((option) => undecided(match, option, 'option not known'))
  }
  const plain: Truth = share === 1 ? true : share === 0 ? false : { chance: share }
  const truth = deciding.negated ? not(plain) : plain
  return [{ check: () => truth }]
}
