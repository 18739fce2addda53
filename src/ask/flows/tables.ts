import type { Statement } from 'better-sqlite3'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { AlikeFlows, Pattern } from './alike.ts'
import type { Frontend } from './frontend.ts'

export interface FrontendIds {
  /** Equal for equal lists. */
  readonly list: string
  readonly frontends: readonly (readonly [id: number, frontend: Frontend])[]
}

/** The temporary tables of schema.ts, written to. */
export class FlowTables {
  private readonly insertFrontend: Statement
  private readonly insertFlow: Statement
  private readonly insertAddresses: Statement
  private readonly insertOf: Statement
  private readonly insertNode: Statement
  private readonly insertHolds: Statement
  private readonly insertExcept: Statement
  private readonly frontends = new Map<string, number>()
  private readonly classes = new Map<string, number>()
  private readonly classOf = new WeakMap<readonly Pattern[], number>()
  private readonly addresses = new Map<string, number>()
  private computations = 0

  constructor(store: Store) {
    this.insertFrontend = store.prepare('INSERT INTO _flow_frontend VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.insertFlow = store.prepare('INSERT INTO _flow_pattern VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.insertAddresses = store.prepare('INSERT INTO _flow_addresses VALUES (?, ?)')
    this.insertOf = store.prepare('INSERT INTO _flow_of VALUES (?, ?, ?, ?)')
    this.insertNode = store.prepare('INSERT INTO _flow_node (snapshot, node, family) VALUES (?, ?, ?)')
    this.insertHolds = store.prepare('INSERT INTO _flow_holds VALUES (?, ?)')
    this.insertExcept = store.prepare('INSERT INTO _flow_except VALUES (?, ?, ?)')
  }

  /** A frontend that several snapshots have is one row. */
  frontendIds(frontends: readonly Frontend[]): FrontendIds {
    const listed = frontends.map((frontend) => [this.frontendId(frontend), frontend] as const)
    return { list: listed.map(([id]) => id).join(), frontends: listed }
  }

  private frontendId(frontend: Frontend): number {
    const { namespace, service, portName, protocol, kind, address, port } = frontend
    const columns = [namespace, service, portName, protocol, kind, address, port]
    const key = JSON.stringify(columns)
    let id = this.frontends.get(key)
    if (id === undefined) {
      id = this.frontends.size + 1
      this.frontends.set(key, id)
      this.insertFrontend.run(id, ...columns)
    }
    return id
  }

  addNode(snapshot: string, node: string, family: Family): number {
    return Number(this.insertNode.run(snapshot, node, family === 6 ? 'ipv6' : 'ipv4').lastInsertRowid)
  }

  newComputation(): number {
    return (this.computations += 1)
  }

  /** What a computation says of a frontend. The same patterns and addresses again are kept once. */
  addFlows(
    computation: number,
    frontend: number,
    { patterns, addresses }: Pick<AlikeFlows, 'patterns' | 'addresses'>
  ): void {
    this.insertOf.run(
      computation,
      frontend,
      this.classId(patterns),
      addresses.length === 0 ? null : this.addressesId(JSON.stringify(addresses))
    )
  }

  private classId(patterns: readonly Pattern[]): number {
    let id = this.classOf.get(patterns)
    if (id !== undefined) return id
    const key = JSON.stringify(patterns.map(patternRow))
    id = this.classes.get(key)
    if (id === undefined) {
      id = this.classes.size + 1
      this.classes.set(key, id)
      for (const pattern of patterns) this.insertFlow.run(id, ...patternRow(pattern))
    }
    this.classOf.set(patterns, id)
    return id
  }

  private addressesId(list: string): number {
    let id = this.addresses.get(list)
    if (id === undefined) {
      id = this.addresses.size + 1
      this.addresses.set(list, id)
      this.insertAddresses.run(id, list)
    }
    return id
  }

  holds(node: number, computation: number): void {
    this.insertHolds.run(node, computation)
  }

  except(node: number, computation: number, frontend: number): void {
    this.insertExcept.run(node, computation, frontend)
  }
}

function patternRow({ sender, address, destination, share, verdict, masqueraded, condition, why }: Pattern): unknown[] {
  return [
    sender,
    address ?? null,
    destination,
    share,
    verdict,
    masqueraded === 'unknown' ? null : Number(masqueraded),
    condition,
    why
  ]
}
