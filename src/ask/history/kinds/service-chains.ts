import type { Store } from '../../../store/open.ts'
import { frontendKey } from '../../diff/service-index.ts'
import type { ObjectFacts } from '../object-facts.ts'

const PREFIXES = ['KUBE-SVC-', 'KUBE-FW-', 'KUBE-EXT-', 'KUBE-SVL-', 'KUBE-XLB-']

/** The names of all chains that a Service ever had: by its ports' hashes, by its endpoints, and by where its chains ever went. */
export function chainsOfService(store: Store, facts: ObjectFacts): string[] {
  const hashes = facts
    .ever('_service_port')
    .flatMap((row) => [row.chain_hash, row.chain_hash_before119])
    .filter(Boolean)
  const own = hashes.flatMap((hash) => PREFIXES.map((prefix) => prefix + hash))
  const endpoints = facts
    .ever('_endpoint')
    .flatMap((row) => [row.chain, row.chain_before119])
    .filter(Boolean)
    .map(String)
  return [...new Set([...own, ...endpoints, ...endpointTargets(store, own)])]
}

function endpointTargets(store: Store, chains: readonly string[]): string[] {
  return store
    .prepare(`SELECT DISTINCT r.target FROM _collection k CROSS JOIN json_each(@chains) j CROSS JOIN _chain_name n ON n.collection = k.id AND n.chain = j.value
    JOIN _rule r ON r.chain = n.id WHERE r.target LIKE 'KUBE-SEP-%'`)
    .pluck()
    .all({ chains: JSON.stringify([...new Set(chains)]) }) as string[]
}

/** Every frontend that a Service ever had, as `frontendKey` writes it. */
export function frontendsOfService(facts: ObjectFacts): string[] {
  const addresses = facts
    .ever('_service')
    .flatMap(({ cluster_ips, external_ips, load_balancer_ips }) => [cluster_ips, external_ips, load_balancer_ips])
    .flatMap((list) => (typeof list === 'string' ? (JSON.parse(list) as string[]) : []))
    .filter((address) => address !== '' && address !== 'None')
  return facts
    .ever('_service_port')
    .flatMap(({ protocol, port, node_port: nodePort }) => [
      ...addresses.map((address) => frontendKey(String(protocol), port!, address)),
      ...(nodePort ? [frontendKey(String(protocol), nodePort, '*')] : [])
    ])
}
