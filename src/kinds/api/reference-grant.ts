import { field } from '../column/column.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'
import { GATEWAY_API, GATEWAY_GROUP } from './gateway-class.ts'

/** What may be referred to from another namespace. */
export const referencegrants = {
  singular: 'referencegrant',
  short: ['refgrant'],
  title: 'ReferenceGrants',
  isNamespaced: true,
  lists: [
    {
      kind: 'ReferenceGrant',
      plural: 'referencegrants',
      versions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`, `${GATEWAY_GROUP}/v1alpha2`]
    }
  ],
  optional: GATEWAY_API,
  reduce: object({
    spec: fields({
      from: list(fields(scalars('group', 'kind', 'namespace'))),
      to: list(fields(scalars('group', 'kind', 'name')))
    })
  }),
  nameColumn: 'reference_grant',
  tables: [
    {
      name: '_reference_grant',
      diff: {
        aspect: 'object',
        key: [
          'namespace',
          'reference_grant',
          'from_group',
          'from_kind',
          'from_namespace',
          'to_group',
          'to_kind',
          'to_name'
        ],
        fields: [],
        leftOut: {},
        part: (row) => `${row.from_kind} of ${row.from_namespace}`,
        summary: (row) => `to ${row.to_kind} ${row.to_name || '*'}`
      }
    }
  ],
  get: {
    key: 'reference_grant',
    sql: 'SELECT * FROM reference_grants',
    columns: [
      field('NAME', 'reference_grant'),
      { head: 'FROM', value: (got: Got) => `${got.from_kind}/${got.from_namespace}` },
      { head: 'TO', value: (got: Got) => `${got.to_kind}/${got.to_name || '*'}` }
    ]
  }
} as const satisfies ApiKind
