import type { ItemFacts, ItemKind } from './item.ts'

/** Of which node or container the outputs are. */
export type Owner = Pick<ItemFacts, 'node' | 'namespace' | 'pod' | 'container'>

/** What scripts/collect-node.sh can be asked for. */
export type Part = 'iptables' | 'addresses' | 'sockets' | 'settings' | 'conntrack'

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

const PART_OF: ReadonlyMap<ItemKind, Part> = new Map([
  ...(Object.keys(ASKED) as Part[]).flatMap((part) =>
    ASKED[part].flatMap(({ kind, or = [] }) => [kind, ...or].map((each) => [each, part] as const))
  ),
  ['nft-tables', 'iptables'],
  ['nft-ruleset', 'iptables'],
  ['ipset-save', 'iptables']
])

/** The part to ask for again to get this kind. */
export function partOf(kind: ItemKind): Part {
  return PART_OF.get(kind)!
}

/** What of these parts no item of these kinds answers. */
export function unanswered(parts: readonly Part[], kinds: readonly ItemKind[]): Pick<Asked, 'kind' | 'command'>[] {
  const there = new Set(kinds)
  return parts
    .flatMap((part) => ASKED[part])
    .filter(({ kind, or = [] }) => ![kind, ...or].some((each) => there.has(each)))
    .map(({ kind, command }) => ({ kind, command }))
}
