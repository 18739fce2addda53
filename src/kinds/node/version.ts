import { field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'

/** Versions of programs and the kernel, and kube-proxy's mode. */
export const versions = {
  singular: 'version',
  title: 'Versions',
  items: ['versions'],
  part: 'settings',
  tables: [
    {
      name: '_version_told',
      diff: {
        aspect: 'version',
        key: ['name'],
        fields: ['version'],
        leftOut: {},
        part: (row) => String(row.name),
        summary: (row) => String(row.version)
      }
    }
  ],
  get: {
    key: 'name',
    hasNode: true,
    sql: 'SELECT * FROM versions ORDER BY node, name',
    columns: [NODE, field('NAME', 'name'), field('VERSION', 'version')]
  }
} as const satisfies HostKind
