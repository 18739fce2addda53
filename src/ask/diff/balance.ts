import type { StoredRule } from './chain-rules.ts'

/** How often a chain's rules send a new connection to which chain. */
export interface Share {
  readonly target: string
  /** Of all connections that come to the run of rules: 0 … 1. */
  readonly share: number
}

/** iptables keeps a probability as a 31-bit fraction, so equal shares differ in the tenth place. */
const TOLERANCE = 1e-7

/** A rule of a Service's chain that chooses an endpoint by chance, or takes what the others left. */
const BALANCING =
  /^(?:-m comment --comment (?:[\w./:-]+|"(?:[^"\\]|\\.)*") )?(?:-m statistic --mode random --probability \S+ )?-j KUBE-SEP-\w+$/

/**
 * Whether two chains choose alike: the same rules in the same order, but for the rules that choose by chance, whose order
 * is kube-proxy's whim: those must give each endpoint the same share.
 */
export function balanceAlike(before: readonly StoredRule[], after: readonly StoredRule[]): boolean {
  const [was, is] = [before.filter(isOther), after.filter(isOther)]
  if (was.length !== is.length || was.some((rule, index) => rule.text !== is[index]!.text)) return false
  return sharesAlike(shares(before), shares(after)) && lastOther(before) === lastOther(after)
}

function isOther(rule: StoredRule): boolean {
  return !BALANCING.test(rule.text)
}

/** Place of the first choosing rule among the others: only chains in which those come last, in one run, are compared by shares. */
function lastOther(rules: readonly StoredRule[]): number {
  const first = rules.findIndex((rule) => !isOther(rule))
  return rules.slice(Math.max(first, 0)).some(isOther) ? NaN : first
}

export function shares(rules: readonly StoredRule[]): Share[] {
  let left = 1
  const found = new Map<string, number>()
  for (const rule of rules) {
    if (isOther(rule)) continue
    const share = left * (rule.probability ?? 1)
    left -= share
    found.set(rule.target!, (found.get(rule.target!) ?? 0) + share)
  }
  return [...found].map(([target, share]) => ({ target, share }))
}

export function sharesAlike(before: readonly Share[], after: readonly Share[]): boolean {
  const known = new Map(after.map(({ target, share }) => [target, share]))
  return (
    before.length === after.length &&
    before.every(({ target, share }) => Math.abs((known.get(target) ?? NaN) - share) < TOLERANCE)
  )
}
