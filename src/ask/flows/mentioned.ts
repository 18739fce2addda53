import { chainKind } from '../../model/chain-kinds.ts'
import { type Address, inNetwork, type Network, parseNetwork } from '../../model/packet/address.ts'
import type { StoredChains, StoredRule } from '../../store/rules/stored-chains.ts'
import { readingOf, singleAddress, valueAt } from './form.ts'

/** What rules say of addresses and interfaces: all by which they can tell one sender, endpoint or node from another. */
export interface Mentioned {
  /** Networks larger than one address, as written. */
  readonly networks: ReadonlyMap<string, Network>
  /** Single addresses outside of endpoint chains, which only packets to that endpoint meet. */
  readonly addresses: ReadonlySet<string>
  /** Interfaces, ranges or sets: they tell packets apart in ways that are not looked into. */
  readonly peculiar: boolean
}

export function mentionedIn(tables: StoredChains): Mentioned {
  const networks = new Map<string, Network>()
  const addresses = new Set<string>()
  let peculiar = false
  for (const chains of tables.values()) {
    for (const { name, rules } of chains.values()) {
      const endpoint = chainKind(name).kind === 'endpoint'
      for (const rule of rules) {
        peculiar ||= readingOf(rule.form).peculiar
        if (!endpoint || !beginsWithItsOwnSource(rule)) remember(rule, networks, addresses)
      }
    }
  }
  return { networks, addresses, peculiar }
}

function beginsWithItsOwnSource(rule: StoredRule): boolean {
  const { leads, places } = readingOf(rule.form)
  return leads === 'source' && singleAddress(valueAt(rule, places[0]!)) !== undefined
}

function remember(rule: StoredRule, networks: Map<string, Network>, addresses: Set<string>): void {
  for (const place of readingOf(rule.form).places) {
    if (place.role !== 'source' && place.role !== 'destination') continue
    const operand = valueAt(rule, place)
    const address = singleAddress(operand)
    if (address !== undefined) addresses.add(address)
    else if (!networks.has(operand)) {
      const network = parseNetwork(operand)
      if (network) networks.set(operand, network)
    }
  }
}

/** Of all layers of a node's rules. */
export function together(all: readonly Mentioned[]): Mentioned {
  const [first] = all
  if (all.length === 1) return first!
  return {
    networks: new Map(all.flatMap(({ networks }) => [...networks])),
    addresses: new Set(all.flatMap(({ addresses }) => [...addresses])),
    peculiar: all.some(({ peculiar }) => peculiar)
  }
}

/** Equal for addresses that no network tells apart. */
export function likeness(networks: ReadonlyMap<string, Network>, address: Address): string {
  let text = ''
  for (const [written, network] of networks) if (inNetwork(address, network)) text += `${written} `
  return text
}
