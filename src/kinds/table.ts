import type { Row } from './row.ts'

/**
 * What about an object a row of a table tells:
 * object   the object itself
 * else     a part of it, by the part's name
 */
export type RowAspect =
  | 'object'
  | 'port'
  | 'endpoint'
  | 'Endpoints address'
  | 'container'
  | 'route'
  | 'listener'
  | 'address'
  | 'setting'
  | 'version'
  | 'ipset'
  | 'ipset member'
  | 'nft table'
  | 'nft rule'
  | 'policy rule'

/** How two snapshots are compared in a table's rows. Each column is in the key, among the fields, or left out for a reason. */
export interface Comparison {
  readonly aspect: RowAspect
  /** Columns by which a row of one snapshot is found in the other. */
  readonly key: readonly string[]
  /** Columns that are told when they differ. */
  readonly fields: readonly string[]
  /** Columns that are not compared, with the reason. */
  readonly leftOut: Readonly<Record<string, string>>
  /** Name of the part within its object; left out for the object itself. */
  part?(row: Row): string
  /** What came or went, in few words. */
  summary(row: Row): string
  /** What made the object; '' for nothing. */
  workload?(row: Row): string
  /** Rows that come and go without a change of the cluster are left out. */
  isTold?(row: Row): boolean
}

/** A table of the store, and how two snapshots of it are compared. */
export interface Table {
  readonly name: `_${string}`
  readonly diff: Comparison | NoComparison | OwnComparison
}

/** Two snapshots are not compared in it, because. */
export interface NoComparison {
  readonly none: string
}

/** Compared otherwise than row by row, by a module of ask/diff. */
export type OwnComparison = EndpointComparison | { readonly by: 'rules' }

export interface EndpointComparison extends Omit<Comparison, 'summary'> {
  readonly by: 'endpoints'
}

export function isRowByRow(diff: Table['diff']): diff is Comparison {
  return !('none' in diff) && !('by' in diff)
}
