import { createHash } from 'node:crypto'
import type { Database as Store } from 'better-sqlite3'
import { UserError } from '../problem.ts'
import { DIGEST } from './digest.ts'

/** Rows that a seal covers. */
interface Sealed {
  readonly table: string
  /** All columns that are no seals where it is left out. */
  readonly columns?: readonly string[]
  readonly where: string
}

const OF_PARTS = 'part IN (SELECT id FROM _part WHERE snapshot = @snapshot)'

/** What each seal covers, by the column that holds it. Facts and rules are under the hashes of versions. */
const SEALS = {
  seal: [
    { table: '_snapshot', where: 'id = @snapshot' },
    { table: '_item', where: 'snapshot = @snapshot' },
    { table: '_part', where: 'snapshot = @snapshot' },
    { table: '_issue', where: 'snapshot = @snapshot' },
    { table: '_part_set', where: OF_PARTS },
    { table: '_counter', where: OF_PARTS },
    { table: '_policy_counter', where: OF_PARTS },
    { table: '_part_order', where: OF_PARTS }
  ],
  runs_seal: [{ table: '_check_run', where: 'snapshot = @snapshot' }],
  store: [
    { table: '_cluster', where: '@snapshot IS NULL' },
    { table: '_collection', where: '@snapshot IS NULL' },
    { table: '_snapshot', columns: ['id', 'seal', 'runs_seal'], where: '@snapshot IS NULL' }
  ]
} satisfies { readonly [seal: string]: readonly Sealed[] }

type Seal = keyof typeof SEALS

/** Seals what was written of a snapshot, in the transaction that wrote it. */
export function sealSnapshot(store: Store, snapshot: number): void {
  const seals = [sealOf(store, 'seal', snapshot), sealOf(store, 'runs_seal', snapshot)]
  store.prepare('UPDATE _snapshot SET seal = ?, runs_seal = ? WHERE id = ?').run(...seals, snapshot)
}

/** Seals the check runs of a snapshot, in the transaction that wrote them. */
export function sealCheckRuns(store: Store, snapshot: number): void {
  store.prepare('UPDATE _snapshot SET runs_seal = ? WHERE id = ?').run(sealOf(store, 'runs_seal', snapshot), snapshot)
}

/** Seals what all snapshots share, last of what a transaction writes. */
export function sealStore(store: Store): void {
  store.prepare('UPDATE _cluster SET seal = ?').run(sealOf(store, 'store', null))
}

/** For a store that was written before there were seals. */
export function sealAll(store: Store): void {
  for (const id of store.prepare('SELECT id FROM _snapshot').pluck().all() as number[]) sealSnapshot(store, id)
  sealStore(store)
}

/**
 * Asked before what a seal covers is written: a new seal would hide what happened under the old one. `snapshot`: whose check runs are to be
 * written. Throws: UserError.
 */
export function requireSealed(store: Store, snapshot?: number): void {
  const [broken] = [
    ...brokenSeals(store, 'store', null),
    ...(snapshot === undefined ? [] : brokenSeals(store, 'runs_seal', snapshot))
  ]
  if (broken !== undefined)
    throw new UserError(
      `${store.name}: is damaged: the rows of ${broken} are not those that snap wrote; "snap fsck" tells more; import the archive into a new store`
    )
}

/** The tables whose rows are not those that were sealed. `snapshot`: null for what all share. */
export function brokenSeals(store: Store, seal: Seal, snapshot: number | null): string[] {
  const kept = (
    seal === 'store'
      ? store.prepare('SELECT seal FROM _cluster').pluck().get()
      : store.prepare(`SELECT ${seal} FROM _snapshot WHERE id = ?`).pluck().get(snapshot)
  ) as Buffer | null | undefined
  // A store that nothing was imported into has no cluster yet.
  if (kept === undefined && store.prepare('SELECT 1 FROM _snapshot').get() === undefined) return []
  const right = sealOf(store, seal, snapshot)
  return SEALS[seal].filter((_, index) => !sameAt(index, right, kept ?? Buffer.alloc(0))).map(({ table }) => table)
}

function sameAt(index: number, right: Buffer, kept: Buffer): boolean {
  const [from, to] = [index * BYTES, (index + 1) * BYTES]
  return kept.length === right.length && right.subarray(from, to).equals(kept.subarray(from, to))
}

const BYTES = DIGEST / 2

function sealOf(store: Store, seal: Seal, snapshot: number | null): Buffer {
  return Buffer.concat(SEALS[seal].map((sealed) => hashOfRows(store, sealed, snapshot)))
}

function hashOfRows(store: Store, { table, columns, where }: Sealed, snapshot: number | null): Buffer {
  const all = store.prepare('SELECT name, type, pk FROM pragma_table_info(?)').all(table) as Column[]
  const covered = all.filter(({ name }) => (columns ? columns.includes(name) : !name.endsWith('seal')))
  const key = all.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const rows = store
    .prepare(
      `SELECT CAST(${covered.map(written).join(' || ')} AS BLOB) FROM ${table} WHERE ${where} ORDER BY ${key.map(({ name }) => name).join()}`
    )
    .pluck()
  const hash = createHash('sha256')
  for (const row of rows.iterate({ snapshot }) as Iterable<Buffer>) hash.update(row).update('\n')
  return hash.digest().subarray(0, BYTES)
}

interface Column {
  readonly name: string
  readonly type: string
  readonly pk: number
}

/** A value byte for byte, so that no two are written alike. */
function written({ name, type }: Column): string {
  const value = type === 'BLOB' ? `hex(${name})` : name
  return `ifnull(typeof(${name}) || octet_length(${value}) || ':' || ${value}, '-')`
}
