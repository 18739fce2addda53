import { field } from '../column/column.ts'
import { object } from '../keep/object.ts'
import { fields, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'

export const namespaces = {
  singular: 'namespace',
  short: ['ns'],
  title: 'Namespaces',
  isNamespaced: false,
  lists: [{ kind: 'Namespace', plural: 'namespaces', versions: ['v1'] }],
  supportBundle: 'namespaces',
  reduce: object({ status: fields(scalars('phase')) }),
  nameColumn: 'namespace',
  tables: [
    {
      name: '_namespace',
      diff: {
        aspect: 'object',
        key: ['namespace'],
        fields: ['phase', 'labels'],
        leftOut: {},
        summary: (row) => String(row.phase ?? '')
      }
    }
  ],
  get: { key: 'namespace', columns: [field('NAME', 'namespace'), field('STATUS', 'phase')] }
} as const satisfies ApiKind
