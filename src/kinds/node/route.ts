import { field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'
import type { Row } from '../row.ts'

export const routes = {
  singular: 'route',
  title: 'Routes',
  items: ['ip-route', 'ip-proc'],
  part: 'addresses',
  tables: [
    {
      name: '_route',
      diff: {
        aspect: 'route',
        key: ['destination', 'gateway', 'interface', 'type', 'source'],
        fields: [],
        leftOut: {},
        part: (row) => String(row.destination),
        summary: way
      }
    }
  ],
  get: {
    key: 'destination',
    hasNode: true,
    sql: 'SELECT * FROM routes ORDER BY node, destination',
    columns: [
      NODE,
      field('DESTINATION', 'destination'),
      field('GATEWAY', 'gateway'),
      field('INTERFACE', 'interface'),
      field('TYPE', 'type'),
      field('SOURCE', 'source', { isWide: true })
    ]
  }
} as const satisfies HostKind

function way({ type, gateway, interface: device, source }: Row): string {
  return [
    type === 'unicast' ? '' : type,
    gateway ? `via ${gateway}` : '',
    device ? `dev ${device}` : '',
    source ? `src ${source}` : ''
  ]
    .filter(Boolean)
    .join(' ')
}
