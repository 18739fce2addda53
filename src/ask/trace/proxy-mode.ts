import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'

/** kube-proxy's mode on a node, where the node says it otherwise than by rules of iptables. */
export interface ProxyMode {
  readonly mode: 'iptables' | 'ipvs' | 'nftables'
  /** `kube-proxy`: it answered at /proxyMode. `nft table`: its table stands there. */
  readonly knownBy: 'kube-proxy' | 'nft table'
}

/** Reads what all nodes of a snapshot say, and answers for each; undefined where it does not say. The store need not be scoped. */
export function proxyModesTold(
  store: Store,
  snapshot: string
): (node: string, family: Family) => ProxyMode | undefined {
  const rows = (sql: string) => store.prepare(sql).raw().all(snapshot) as [node: string, said: string][]
  const told = new Map(rows("SELECT node, version FROM main.versions WHERE snapshot = ? AND name = 'kube-proxy mode'"))
  const tables = new Set(
    rows("SELECT node, family FROM main.nft_tables WHERE snapshot = ? AND name = 'kube-proxy'").map(String)
  )
  return (node, family) => {
    const mode = told.get(node)
    if (isMode(mode)) return { mode, knownBy: 'kube-proxy' }
    return tables.has(`${node},${family === 6 ? 'ip6' : 'ip'}`) ? { mode: 'nftables', knownBy: 'nft table' } : undefined
  }
}

function isMode(told: unknown): told is ProxyMode['mode'] {
  return told === 'iptables' || told === 'ipvs' || told === 'nftables'
}
