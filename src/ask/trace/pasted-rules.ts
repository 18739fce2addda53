import { chainKind } from '../../model/chain-kinds.ts'
import type { RuleChain, Rules, RuleText, TableName } from '../../model/packet/packet.ts'

/**
 * Rules of a pasted listing, which shows some chains of some tables. What stands between them is filled in as kube-proxy
 * always writes it, and each such step is told to `assume`, so that it stands in the answer. `hidden`: the listing does not
 * show interfaces.
 */
export function pastedRules(listed: Rules, assume: (text: string) => void, hidden: boolean): Rules {
  const filled = new Map<string, RuleChain | undefined>()
  const shown = (table: TableName) => HOOKS.some((hook) => listed.chain(table, hook) !== undefined)
  return {
    family: listed.family,
    table(name) {
      if (name === 'nat' || shown(name)) return 'present'
      const missing = OTHER_TABLES.filter((table) => !shown(table))
      assume(`the text shows no built-in chain of ${inWords(missing)}: taken to let the packet pass there`)
      return 'absent'
    },
    chain(table, name) {
      const key = `${table} ${name}`
      if (!filled.has(key)) filled.set(key, chain(listed, table, name, assume, hidden))
      return filled.get(key)
    }
  }
}

const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

/** Those that stop packets; the security table is hardly ever used. */
const OTHER_TABLES: readonly TableName[] = ['filter', 'mangle', 'raw']

function inWords(tables: readonly string[]): string {
  return `table ${tables.slice(0, -1).join(', ')}${tables.length > 1 ? ' and ' : ''}${tables.at(-1)}`
}

function chain(
  listed: Rules,
  table: TableName,
  name: string,
  assume: (text: string) => void,
  hidden: boolean
): RuleChain | undefined {
  const known = listed.chain(table, name)
  if (known) {
    if (!known.complete)
      assume(`not all rules of ${name} are in the text, or could be read: the others are taken not to match`)
    return { ...known, complete: true, rules: hidden ? known.rules.map((rule) => withHidden(name, rule)) : known.rules }
  }
  return table === 'nat' ? standIn(name, assume) : passing(table, name, assume)
}

/** kube-proxy's own rules hardly ever ask for interfaces; those of others (docker, a firewall) mostly do. */
function withHidden(chain: string, rule: RuleText): RuleText {
  const { text, unreadable } = typeof rule === 'string' ? { text: rule, unreadable: [] } : rule
  if (chain.startsWith('KUBE-') || / -j KUBE-|^-j KUBE-/.test(text)) return rule
  return { text, unreadable: [...unreadable, 'interfaces'] }
}

function passing(table: TableName, name: string, assume: (text: string) => void): RuleChain | undefined {
  if (!HOOKS.includes(name)) return undefined
  assume(`${name} of table ${table} was not listed: taken to let the packet pass`)
  return { policy: 'ACCEPT', complete: true, rules: [] }
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
