import type { Statement } from 'better-sqlite3'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import type { Flow } from './compute.ts'
import type { Front } from './front.ts'

export interface FrontIds {
  /** Equal for equal lists. */
  readonly list: string
  readonly fronts: readonly (readonly [id: number, front: Front])[]
}

/** The temporary tables of schema.ts, written to. */
export class FlowTables {
  private readonly insertFront: Statement
  private readonly insertFlow: Statement
  private readonly insertNode: Statement
  private readonly insertHolds: Statement
  private readonly insertExcept: Statement
  private readonly fronts = new Map<string, number>()
  private computations = 0

  constructor(store: Store) {
    this.insertFront = store.prepare('INSERT INTO _flow_front VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.insertFlow = store.prepare('INSERT INTO _flow VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.insertNode = store.prepare('INSERT INTO _flow_node (snapshot, node, family) VALUES (?, ?, ?)')
    this.insertHolds = store.prepare('INSERT INTO _flow_holds VALUES (?, ?)')
    this.insertExcept = store.prepare('INSERT INTO _flow_except VALUES (?, ?, ?)')
  }

  /** A front that several snapshots have is one row. */
  frontIds(fronts: readonly Front[]): FrontIds {
    const listed = fronts.map((front) => [this.frontId(front), front] as const)
    return { list: listed.map(([id]) => id).join(), fronts: listed }
  }

  private frontId(front: Front): number {
    const { namespace, service, portName, protocol, kind, address, port } = front
    const columns = [namespace, service, portName, protocol, kind, address, port]
    const key = JSON.stringify(columns)
    let id = this.fronts.get(key)
    if (id === undefined) {
      id = this.fronts.size + 1
      this.fronts.set(key, id)
      this.insertFront.run(id, ...columns)
    }
    return id
  }

  addNode(snapshot: string, node: string, family: Family): number {
    return Number(this.insertNode.run(snapshot, node, family === 6 ? 'ipv6' : 'ipv4').lastInsertRowid)
  }

  newComputation(): number {
    return (this.computations += 1)
  }

  addFlow(computation: number, front: number, { sender, destination, share, verdict, masqueraded, condition, why }: Flow): void {
    this.insertFlow.run(computation, front, sender, destination, share, verdict, masqueraded === 'unknown' ? null : Number(masqueraded), condition, why)
  }

  holds(node: number, computation: number): void {
    this.insertHolds.run(node, computation)
  }

  except(node: number, computation: number, front: number): void {
    this.insertExcept.run(node, computation, front)
  }
}
