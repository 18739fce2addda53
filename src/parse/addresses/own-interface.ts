import { BlockList } from 'node:net'
import type { InterfaceAddressFact, RouteFact } from '../facts.ts'

/** The host's IPv4 addresses with the interface that its directly connected networks prove, or null. */
export function withInterfaces(own: readonly string[], routes: readonly RouteFact[]): InterfaceAddressFact[] {
  const networks = routes
    .filter(({ gateway, type, destination }) => gateway === '' && type === 'unicast' && isNetwork(destination))
    .map(asNetwork)
  const all = own.map((address) => placed(address, own, networks))
  // Of two addresses of one interface the first counts more (it is what MASQUERADE takes), and the trie does not keep their order.
  const several = new Set(
    all.map((each) => each.interface).filter((on, at, list) => on !== 'lo' && list.indexOf(on) !== at)
  )
  return all.map((each) => (several.has(each.interface) ? { ...each, interface: null, prefixLength: 32 } : each))
}

interface Network {
  readonly interface: string
  readonly prefixLength: number
  readonly holds: (address: string) => boolean
}

/** A route to a single host need not have an address of its own. */
function isNetwork(destination: string): boolean {
  return !destination.includes(':') && !destination.endsWith('/32') && !destination.endsWith('/0')
}

function asNetwork({ destination, interface: on }: RouteFact): Network {
  const [base = '', length = ''] = destination.split('/')
  const list = new BlockList()
  list.addSubnet(base, Number(length))
  return { interface: on ?? '', prefixLength: Number(length), holds: (address) => list.check(address) }
}

function placed(address: string, own: readonly string[], networks: readonly Network[]): InterfaceAddressFact {
  if (address.startsWith('127.')) return { interface: 'lo', address, prefixLength: 8, scope: 'host' }
  const [network, ...others] = networks.filter(({ holds }) => holds(address))
  const sure =
    network !== undefined && others.length === 0 && own.every((each) => each === address || !network.holds(each))
  return {
    interface: sure ? network.interface : null,
    address,
    prefixLength: sure ? network.prefixLength : 32,
    scope: 'global'
  }
}
