import { readRulesetJson } from './json.ts'
import type { Ruleset } from './ruleset.ts'
import { readRulesetText } from './text.ts'

/** Whether a text is what nft lists, and not iptables' own form. */
export function isRuleset(text: string): boolean {
  if (/^\s*\{\s*"nftables"/.test(text)) return true
  return /^table (?:ip|ip6|inet|arp|bridge|netdev) \S+ \{/m.test(text) && !/^\*\w/m.test(text)
}

/** What `nft list ruleset` printed, as text or as JSON. JSON that broke off is a ruleset of which nothing is known. */
export function readRuleset(text: string): Ruleset {
  if (!/^\s*\{/.test(text)) return readRulesetText(text)
  try {
    return readRulesetJson(text)
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : 'no ruleset'
    return { tables: [], problems: [{ text: `not JSON: ${why}` }], complete: false }
  }
}
