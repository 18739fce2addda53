import type { Statement } from 'better-sqlite3'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'

/** A frontend that several snapshots have is one row. */
export class FrontendIds {
  private readonly ids = new Map<string, number>()
  private readonly insert: Statement

  constructor(store: Store) {
    this.insert = store.prepare('INSERT INTO _intent_frontend VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  }

  of({ namespace, service, portName, protocol, kind, address, port }: Frontend): number {
    const columns = [namespace, service, portName, protocol, kind, address, port]
    const key = columns.join('\0')
    let id = this.ids.get(key)
    if (id === undefined) {
      this.ids.set(key, (id = this.ids.size + 1))
      this.insert.run(id, ...columns)
    }
    return id
  }
}
