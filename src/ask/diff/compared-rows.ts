import {
  API_KINDS,
  API_NAMES,
  type ApiName,
  type ApiSection,
  HOST_KINDS,
  HOST_NAMES,
  type HostName
} from '../../kinds/kinds.ts'
import { type Comparison, isRowByRow } from '../../kinds/table.ts'
import type { FactRow } from './fact-rows.ts'

/** One table of API objects, or of their parts, and how two snapshots are compared in it. */
export interface ComparedObjects extends Comparison {
  readonly section: ApiSection
  /** Subject of the coverage view that tells whether a missing row is known to be missing. */
  readonly subject: ApiName
  readonly table: string
  /** Name of the object the row belongs to. */
  object(row: FactRow): string
}

/** One table of what nodes and pods tell of their own network. */
export interface ComparedHosts extends Comparison {
  readonly subject: HostName
  readonly table: string
}

export const COMPARED_OBJECTS: readonly ComparedObjects[] = API_NAMES.flatMap((subject) => {
  const { tables, singular, isNamespaced, nameColumn } = API_KINDS[subject]
  return tables.flatMap(({ name: table, diff }) =>
    isRowByRow(diff)
      ? [
          {
            ...diff,
            section: singular as ApiSection,
            subject,
            table,
            object: (row: FactRow) => `${isNamespaced ? `${row.namespace}/` : ''}${row[nameColumn]}`
          }
        ]
      : []
  )
})

export const COMPARED_HOSTS: readonly ComparedHosts[] = HOST_NAMES.flatMap((subject) =>
  HOST_KINDS[subject].tables.flatMap(({ name: table, diff }) => (isRowByRow(diff) ? [{ ...diff, subject, table }] : []))
)
