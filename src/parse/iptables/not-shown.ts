import type { Unreadable } from './rule.ts'

/** What a listing does not show of a rule. That it shows no counters, or rounded ones, stands where the counters would. */
const NOT_SHOWN: readonly [Unreadable, string][] = [
  ['interfaces', 'listed without -v: rules may ask for interfaces that are not shown'],
  ['match', 'a match is not shown as it is'],
  ['target', 'what a target does is not shown'],
  ['names', 'listed without -n: names stand for addresses, networks or ports']
]

/** In words. */
export function notShown(unreadable: readonly Unreadable[]): string[] {
  return NOT_SHOWN.filter(([part]) => unreadable.includes(part)).map(([, said]) => said)
}
