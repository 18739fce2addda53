import type { Kind } from '../../ask/get/kind.ts'
import { type Got, valueAt } from '../../ask/get/path.ts'
import { NAMESPACE } from '../../kinds/column/column.ts'
import { type Rows, visible } from '../format/cell.ts'

export interface TableChoice {
  readonly wide: boolean
  /** Whether to say each one's namespace. */
  readonly namespaces: boolean
  /** When the snapshot was taken; ages are counted to then. */
  readonly takenAt: string
}

/** What a person wants to know of each, a row each. */
export function getRows(kind: Kind, gots: readonly Got[], { wide, namespaces, takenAt }: TableChoice): Rows {
  const columns = [
    ...(namespaces && kind.isNamespaced ? [NAMESPACE] : []),
    ...kind.columns.filter(({ isWide }) => wide || !isWide)
  ]
  return {
    columns: columns.map(({ head }) => head),
    rows: gots.map((got) => columns.map((column) => column.value(got, takenAt)))
  }
}

export interface CustomColumn {
  readonly head: string
  readonly path: string
}

/** `NAME:service,APP:labels.app`; what is not there is `<none>`, as in kubectl. */
export function customRows(columns: readonly CustomColumn[], gots: readonly Got[]): Rows {
  return {
    columns: columns.map(({ head }) => head),
    rows: gots.map((got) =>
      columns.map(({ path }) => {
        const value = valueAt(got, path)
        return value === undefined || value === '' ? '<none>' : value
      })
    )
  }
}

/** `service/demo/web`, one a line: `snap log`, `snap trace` and `snap get` take them. */
export function getNames({ singular, key, isNamespaced }: Kind, gots: readonly Got[]): string {
  const names = gots.map((got) => `${singular}/${isNamespaced ? `${got.namespace}/` : ''}${got[key]}`)
  return [...new Set(names)].map((name) => `${visible(name)}\n`).join('')
}
