import { hostNamesOf } from '../kinds/items.ts'
import type { HostKind } from '../kinds/kind.ts'
import { HOST_KINDS } from '../kinds/kinds.ts'
import type { ItemFacts, ItemKind } from './item.ts'

/** Of which node or container the outputs are. */
export type Owner = Pick<ItemFacts, 'node' | 'namespace' | 'pod' | 'container'>

/** What scripts/collect-node.sh can be asked for. */
export type Part = HostKind['part']

interface Asked {
  readonly kind: ItemKind
  readonly command: readonly string[]
  /** Kinds that answer it as well. */
  readonly or?: readonly ItemKind[]
}

/** The items that stand for what was asked when there is no answer. */
const ASKED: Readonly<Record<Part, readonly Asked[]>> = {
  iptables: [
    { kind: 'iptables-save', command: ['iptables-save', '-c'] },
    { kind: 'ip6tables-save', command: ['ip6tables-save', '-c'] }
  ],
  addresses: [
    { kind: 'ip-address', command: ['ip', '-json', 'address'], or: ['ip-proc'] },
    { kind: 'ip-route', command: ['ip', '-json', 'route'], or: ['ip-proc'] }
  ],
  sockets: [{ kind: 'sockets-ss', command: ['ss', '-lntu'], or: ['sockets-netstat', 'sockets-proc'] }],
  settings: [
    { kind: 'sysctls', command: ['grep', '-H', '', 'FILE'] },
    { kind: 'versions', command: ['PROGRAM', '-V'] }
  ],
  conntrack: [{ kind: 'conntrack', command: ['conntrack', '-L', '-o', 'extended'] }]
}

/** The part to ask for again to get this kind. */
export function partOf(kind: ItemKind): Part {
  const [name] = hostNamesOf(kind)
  return name === undefined ? 'iptables' : HOST_KINDS[name].part
}

/** What of these parts no item of these kinds answers. */
export function unanswered(parts: readonly Part[], kinds: readonly ItemKind[]): Pick<Asked, 'kind' | 'command'>[] {
  const there = new Set(kinds)
  return parts
    .flatMap((part) => ASKED[part])
    .filter(({ kind, or = [] }) => ![kind, ...or].some((each) => there.has(each)))
    .map(({ kind, command }) => ({ kind, command }))
}
