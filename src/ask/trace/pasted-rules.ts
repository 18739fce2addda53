import { chainKind } from '../../model/chain-kinds.ts'
import type { RuleChain, Rules, TableName } from '../../model/packet/packet.ts'

/**
 * Rules of a pasted listing, which shows a few chains of the nat table and nothing else. What stands between them is
 * filled in as kube-proxy always writes it, and each such step is told to `assume`, so that it stands in the answer.
 */
export function pastedRules(listed: Rules, assume: (text: string) => void): Rules {
  const filled = new Map<string, RuleChain | undefined>()
  return {
    family: listed.family,
    table: (name) => (name === 'nat' ? 'present' : 'absent'),
    chain(table, name) {
      if (table !== 'nat') return undefined
      if (!filled.has(name)) filled.set(name, chain(listed, table, name, assume))
      return filled.get(name)
    }
  }
}

function chain(listed: Rules, table: TableName, name: string, assume: (text: string) => void): RuleChain | undefined {
  const known = listed.chain(table, name)
  if (known) {
    if (!known.complete)
      assume(`not all rules of ${name} are in the text, or could be read: the others are taken not to match`)
    return { ...known, complete: true }
  }
  return standIn(name, assume)
}

/** What kube-proxy always writes there; undefined where that depends on the Service. */
function standIn(name: string, assume: (text: string) => void): RuleChain | undefined {
  if (name === 'PREROUTING' || name === 'OUTPUT') {
    assume(`${name} was not listed: taken to lead to KUBE-SERVICES, as kube-proxy writes it`)
    return { policy: 'ACCEPT', complete: true, rules: ['-j KUBE-SERVICES'] }
  }
  if (name === 'POSTROUTING' || name === 'INPUT' || name === 'KUBE-MARK-MASQ') {
    return { policy: name === 'KUBE-MARK-MASQ' ? null : 'ACCEPT', complete: true, rules: [] }
  }
  const { kind, hash } = chainKind(name)
  if (kind !== 'firewall' && kind !== 'external') return undefined
  assume(`${name} was not listed: taken to lead to KUBE-SVC-${hash}, the chain of the same Service port`)
  return { policy: null, complete: true, rules: [`-j KUBE-SVC-${hash}`] }
}
