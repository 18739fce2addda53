import type { ApiName } from '../../kinds/kinds.ts'
import { API_KINDS, objectKinds } from '../../kinds/kinds.ts'
import { endpointChain, servicePortHash, servicePortName } from '../../model/chain-names.ts'
import type { EndpointFact, ServicePortFact } from '../../parse/facts.ts'
import type { Json } from '../../parse/kubernetes/json.ts'
import { type ObjectProblem, readItems, readList } from '../../parse/kubernetes/list.ts'
import { READERS, type Reader } from '../../parse/kubernetes/readers.ts'
import type { FactTables } from '../facts.ts'

/** What the names of chains tell of a row is kept with it. */
const WITH_CHAINS: { readonly [table: string]: (row: never) => object } = {
  _service_port: withChainHash,
  _endpoint: withChain
}

export interface ObjectFacts {
  readonly tables: FactTables
  readonly problems: readonly ObjectProblem[]
}

/** Throws where the JSON is no list of objects. */
export function objectFacts(listed: ApiName, json: string): ObjectFacts {
  const { reduce } = API_KINDS[listed]
  // What snap collected is reduced already; what somebody else packed as a snapshot may not be.
  const items = readList(json).map((item) => reduce(item) as Json)
  const readers = Object.entries<Reader>(READERS[listed])
  // An object that cannot be read for one table stands in none.
  const { rows, problems } = readItems(items, objectKinds(listed)[0]!, (item, who) =>
    readers.map(([, reader]) => reader(item, who))
  )
  return {
    tables: Object.fromEntries(
      readers.map(([table], at) => [
        table,
        completed(
          table,
          rows.flatMap((each) => each[at]!)
        )
      ])
    ),
    problems
  }
}

function completed(table: string, rows: readonly object[]): readonly object[] {
  const complete = WITH_CHAINS[table]
  return complete ? rows.map((row) => complete(row as never)) : rows
}

export function withChainHash(
  port: ServicePortFact
): ServicePortFact & { chainHash: string | null; chainHashBefore119: string | null } {
  if (port.portName === null) return { ...port, chainHash: null, chainHashBefore119: null }
  const hash = (before: boolean) =>
    servicePortHash(servicePortName(port.namespace, port.service, port.portName!, before), port.protocol)
  return { ...port, chainHash: hash(false), chainHashBefore119: port.portName === '' ? hash(true) : null }
}

export function withChain(
  endpoint: EndpointFact
): EndpointFact & { chain: string | null; chainBefore119: string | null } {
  const { portName, protocol, port } = endpoint
  if (portName === null || protocol === null || port === null) return { ...endpoint, chain: null, chainBefore119: null }
  const chain = (before: boolean) =>
    endpointChain(
      servicePortName(endpoint.namespace, endpoint.service, portName, before),
      protocol,
      endpoint.address,
      port
    )
  return { ...endpoint, chain: chain(false), chainBefore119: portName === '' ? chain(true) : null }
}
