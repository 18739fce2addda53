import { inNetwork, parseAddress, parseNetwork, type Network } from '../../model/packet/address.ts'
import { chainKind } from '../../model/chain-kinds.ts'
import type { WholeChain } from '../../store/rules/read.ts'

/** What a ruleset says of addresses and interfaces: all by which it can tell one sender or node from another. */
export interface Mentioned {
  /** Networks larger than one address, as written. */
  readonly networks: ReadonlyMap<string, Network>
  /** Single addresses outside of endpoint chains, which only packets to that endpoint meet. */
  readonly addresses: ReadonlySet<string>
  readonly interfaces: boolean
}

const OPERAND = /(?:^| )-[sd] (\S+)/g
const RANGE = /-range|--match-set|--physdev|--limit-iface|-m (?:set|iprange|physdev|u32|bpf|hashlimit|connlimit)\b|-j (?:NETMAP|SET)\b/

/** Of every dump of a node. */
export function mentionedIn(dumps: readonly ReadonlyMap<string, ReadonlyMap<string, WholeChain>>[]): Mentioned {
  const networks = new Map<string, Network>()
  const addresses = new Set<string>()
  let interfaces = false
  for (const chains of dumps.flatMap((tables) => [...tables.values()])) {
    for (const [name, { rules }] of chains) {
      const endpoint = chainKind(name).kind === 'endpoint'
      for (const { text } of rules) {
        // Ranges and sets tell senders apart in ways that are not looked into: then nothing is taken to be alike.
        interfaces ||= /(?:^| )-[io] /.test(text) || RANGE.test(text)
        if (endpoint && /^-s \S+\/(?:32|128) /.test(text)) continue
        for (const [, operand] of text.matchAll(OPERAND)) remember(operand!, networks, addresses)
      }
    }
  }
  return { networks, addresses, interfaces }
}

function remember(operand: string, networks: Map<string, Network>, addresses: Set<string>): void {
  if (networks.has(operand)) return
  if (/\/(?:32|128)$/.test(operand)) {
    addresses.add(operand.slice(0, operand.lastIndexOf('/')))
    return
  }
  const network = parseNetwork(operand)
  if (network) networks.set(operand, network)
}

/** Equal for addresses that no rule can tell apart; undefined where a rule names this very address. */
export function likeness({ networks, addresses }: Mentioned, text: string): string | undefined {
  const address = parseAddress(text)
  if (!address || addresses.has(text)) return undefined
  return [...networks].filter(([, network]) => inNetwork(address, network)).map(([written]) => written).join(' ')
}
