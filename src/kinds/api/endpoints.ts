import { field, some } from '../column/column.ts'
import { object, targetRef } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'
import { ENDPOINT_TABLE, place } from './endpoint-rows.ts'

const addresses = list(fields({ ...scalars('ip', 'hostname', 'nodeName'), targetRef }))

export const endpoints = {
  singular: 'endpoints',
  short: ['ep'],
  title: 'Endpoints',
  isNamespaced: true,
  lists: [{ kind: 'Endpoints', plural: 'endpoints', versions: ['v1'] }],
  supportBundle: 'endpoints',
  reduce: object({
    subsets: list(
      fields({
        addresses,
        notReadyAddresses: addresses,
        ports: list(fields(scalars('name', 'port', 'protocol', 'appProtocol')))
      })
    )
  }),
  nameColumn: 'service',
  tables: [ENDPOINT_TABLE],
  get: {
    key: 'service',
    hasNode: true,
    subjects: ['endpointslices', 'endpoints'],
    groups: {
      by: ['namespace', 'service'],
      name: 'endpoints',
      without: `SELECT namespace, service FROM services WHERE type <> 'ExternalName' AND EXISTS (SELECT 1 FROM coverage c
        WHERE c.snapshot = services.snapshot AND c.subject IN ('endpointslices', 'endpoints') AND c.status = 'complete' AND c.namespace IS NULL)`
    },
    columns: [
      field('NAME', 'service'),
      { head: 'ENDPOINTS', value: ({ endpoints: list }: Got) => some((list as Got[]).filter(isReady).map(place)) },
      {
        head: 'NOT-READY',
        isWide: true,
        value: ({ endpoints: list }: Got) => some((list as Got[]).filter((got) => !isReady(got)).map(place))
      }
    ]
  }
} as const satisfies ApiKind

function isReady({ ready }: Got): boolean {
  return Boolean(ready)
}
