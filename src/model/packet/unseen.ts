import type { Family, Rules } from './packet.ts'

/** Rules of iptables-legacy of which nothing is known but that iptables-nft found its tables in the kernel. */
export function unseenLegacy(family: Family): Rules {
  return {
    family,
    backend: 'legacy',
    unseen: 'whatever stands in iptables-legacy, which iptables warns of,',
    table: () => 'unknown',
    chain: () => undefined
  }
}
