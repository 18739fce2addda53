import { field, some } from '../column/column.ts'
import { named, object, targetRef } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'
import { ENDPOINT_TABLE } from './endpoint-rows.ts'

export const endpointslices = {
  singular: 'endpointslice',
  title: 'EndpointSlices',
  isNamespaced: true,
  lists: [
    { kind: 'EndpointSlice', plural: 'endpointslices', versions: ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'] }
  ],
  supportBundle: 'endpointslices',
  reduce: object({
    addressType: 'scalar',
    endpoints: list(
      fields({
        ...scalars('hostname', 'nodeName', 'zone'),
        addresses: list('scalar'),
        conditions: fields(scalars('ready', 'serving', 'terminating')),
        hints: fields({ forZones: named, forNodes: named }),
        // discovery.k8s.io/v1beta1 has it instead of nodeName and zone.
        topology: 'map',
        targetRef
      })
    ),
    ports: list(fields(scalars('name', 'port', 'protocol', 'appProtocol')))
  }),
  nameColumn: 'object',
  tables: [ENDPOINT_TABLE],
  get: {
    key: 'object',
    hasNode: true,
    sql: "SELECT * FROM endpoint_objects WHERE source = 'endpointslices'",
    groups: { by: ['namespace', 'object', 'service'], name: 'endpoints' },
    columns: [
      field('NAME', 'object'),
      field('SERVICE', 'service'),
      { head: 'PORTS', value: ({ endpoints }: Got) => some([...new Set((endpoints as Got[]).map(portOf))]) },
      {
        head: 'ENDPOINTS',
        value: ({ endpoints }: Got) => some([...new Set((endpoints as Got[]).map(({ address }) => String(address)))])
      }
    ]
  }
} as const satisfies ApiKind

function portOf({ port }: Got): string {
  return port === null ? '<unset>' : String(port)
}
