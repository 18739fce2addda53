import type { Column } from './column/column.ts'

/** How `snap get` lists a kind. */
export interface Listing {
  /** The column that names one. */
  readonly key: string
  /** Whether each is of one node, or of one among others. */
  readonly hasNode?: true
  /** Subjects of the coverage view that tell it, where they are not its own; one that was read whole is enough. */
  readonly subjects?: readonly string[]
  /** The rows; the public view of the kind's name where it is left out. */
  readonly sql?: string
  /** Lists that belong to an object: a table of rows, joined by the columns named. */
  readonly parts?: readonly { readonly name: string; readonly sql: string; readonly by: readonly string[] }[]
  /** Rows with these columns in common are one object; all other columns become its list of this name. */
  readonly groups?: {
    readonly by: readonly string[]
    readonly name: string
    /** More of the kind, which have an empty list if they have no row. */
    readonly without?: string
  }
  /** The table that people see: what kubectl shows where kubectl has such a kind, as far as a snapshot holds it. */
  readonly columns: readonly Column[]
}
