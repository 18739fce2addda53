import type { Store } from '../open.ts'
import { brokenSeals } from '../seal.ts'
import type { StoreProblem } from './problem.ts'

/** What no version hashes: the snapshots with what they failed to read, their check runs, the cluster. */
export function sealProblems(store: Store): StoreProblem[] {
  const snapshots = store.prepare('SELECT id, name FROM _snapshot ORDER BY id').raw().all() as [number, string][]
  return [
    ...brokenSeals(store, 'store', null).map((table) => problem(table, 'table')),
    ...snapshots.flatMap(([id, name]) =>
      (['seal', 'runs_seal'] as const)
        .flatMap((seal) => brokenSeals(store, seal, id))
        .map((table) => problem(table, `snapshot ${name}: table`))
    )
  ]
}

function problem(table: string, of: string): StoreProblem {
  return { object: `${of} ${table}`, message: 'its rows are not those that snap wrote: their hash is another' }
}
