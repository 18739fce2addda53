import { field } from '../column/column.ts'
import { conditions } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'

export const GATEWAY_GROUP = 'gateway.networking.k8s.io'
export const GATEWAY_API = 'kinds of the Gateway API, which are installed apart from Kubernetes'

export const gatewayclasses = {
  singular: 'gatewayclass',
  short: ['gc'],
  title: 'GatewayClasses',
  isNamespaced: false,
  lists: [
    { kind: 'GatewayClass', plural: 'gatewayclasses', versions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`] }
  ],
  optional: GATEWAY_API,
  reduce: object({ spec: fields(scalars('controllerName')), status: fields({ conditions }) }),
  nameColumn: 'gateway_class',
  tables: [
    {
      name: '_gateway_class',
      diff: {
        aspect: 'object',
        key: ['gateway_class'],
        fields: ['controller', 'accepted'],
        leftOut: {},
        summary: (row) => String(row.controller)
      }
    }
  ],
  get: {
    key: 'gateway_class',
    sql: 'SELECT * FROM gateway_classes',
    columns: [
      field('NAME', 'gateway_class'),
      field('CONTROLLER', 'controller'),
      { head: 'ACCEPTED', value: ({ accepted }: Got) => asWord(accepted) }
    ]
  }
} as const satisfies ApiKind

/** A condition's status: True, False; null where the object does not say. */
export function asWord(flag: unknown): string | null {
  return flag === null ? null : flag ? 'True' : 'False'
}
