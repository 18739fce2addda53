import type { Got } from '../row.ts'
import type { EndpointComparison, Table } from '../table.ts'

/** Rows of EndpointSlices and Endpoints: one address on one port behind one Service. */
const comparison: EndpointComparison = {
  by: 'endpoints',
  aspect: 'endpoint',
  key: ['namespace', 'service', 'port_name', 'protocol', 'address', 'port'],
  fields: ['ready', 'serving', 'terminating', 'node', 'target_name', 'hint_zones', 'hint_nodes'],
  leftOut: {
    object: 'an address may move from one object to another of its Service: kube-proxy reads them together',
    zone: "the node's",
    target_kind: 'changes with the name',
    target_namespace: "the Service's",
    target_uid: 'another pod of the same name has another address',
    chain: "follows from the port's name and the address",
    chain_before119: "follows from the port's name and the address"
  }
}

export const ENDPOINT_TABLE = { name: '_endpoint', diff: comparison } as const satisfies Table

/** `10.42.0.7:80` */
export function place({ address, port }: Got): string {
  const host = String(address).includes(':') && port !== null ? `[${address}]` : String(address)
  return port === null ? host : `${host}:${port}`
}
