import type { Unreadable } from '../parse/iptables/rule.ts'
import type { RuleChain, RuleText } from './packet/packet.ts'

/**
 * Rules of kube-proxy that cannot be as kube-proxy wrote them: an iptables that does not know how another version keeps a match
 * prints the rule without it (kubernetes 95409, 112477, 114537), and a text that was cut ends in the middle of a rule. The check
 * RULE-MANGLED finds the same shapes. Source: writeServiceToEndpointRules and syncProxyRules of kube-proxy 1.10 to 1.36.
 */
export function withLostParts(name: string, rules: readonly string[]): RuleChain['rules'] {
  const lost = SHAPES.find(([chains]) => chains.test(name))?.[1]
  if (lost === undefined) return rules
  let found = false
  const marked = rules.map((text, index): RuleText => {
    const part = hasTarget(text) ? lost(text, index) : 'target'
    if (part === null) return text
    found = true
    return { text, unreadable: [part] }
  })
  return found ? marked : rules
}

type Lost = (text: string, index: number) => Unreadable | null

const SHAPES: readonly (readonly [chains: RegExp, lost: Lost])[] = [
  [/^KUBE-SERVICES$/, (text) => (SERVICE.test(text) && !DPORT.test(text) ? 'match' : null)],
  [/^KUBE-NODEPORTS$/, (text) => (/ -j KUBE-(?:SVC|XLB|EXT)-/.test(text) && !DPORT.test(text) ? 'match' : null)],
  [
    /^KUBE-POSTROUTING$/,
    (text, index) => (index === 0 && ENDING.test(text) && !/--mark |--match-set /.test(text) ? 'match' : null)
  ],
  [/^KUBE-SEP-/, (text) => (/-j DNAT\b/.test(text) && !WHOLE_DNAT.test(text) ? 'target' : null)],
  // KUBE-FW has a rule that is nothing but a comment (1.26 on).
  [/^KUBE-(?:SVC|SVL|XLB|EXT)-/, () => null]
]

/** kube-proxy's comments on what leads to a Service by address and port. */
const SERVICE = /--comment "[^"]* (?:cluster IP|external IP|loadbalancer IP|has no (?:local )?endpoints)"/
const DPORT = /--dports? /
const ENDING = /(?:^|\s)-j (?:RETURN|MASQUERADE)\b/
const WHOLE_DNAT = /^(?:(?!--to-destination).)*--to-destination \S+:[1-9]\d*(?:(?!--to-destination).)*$/

function hasTarget(text: string): boolean {
  return /(?:^|\s)-[jg] \S/.test(text)
}
