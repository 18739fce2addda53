import { field, joined, some } from '../column/column.ts'
import { conditions } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'
import { GATEWAY_API, GATEWAY_GROUP } from './gateway-class.ts'

const addresses = list(fields(scalars('type', 'value')))

export const gateways = {
  singular: 'gateway',
  short: ['gtw'],
  title: 'Gateways',
  isNamespaced: true,
  lists: [{ kind: 'Gateway', plural: 'gateways', versions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`] }],
  optional: GATEWAY_API,
  // Of `tls` the mode alone: what else stands there names Secrets.
  reduce: object({
    spec: fields({
      gatewayClassName: 'scalar',
      addresses,
      listeners: list(
        fields({
          ...scalars('name', 'hostname', 'port', 'protocol'),
          tls: fields(scalars('mode')),
          allowedRoutes: fields({
            namespaces: fields({ from: 'scalar', selector: fields({ matchLabels: 'map' }) }),
            kinds: list(fields(scalars('group', 'kind')))
          })
        })
      )
    }),
    status: fields({
      addresses,
      conditions,
      listeners: list(fields({ ...scalars('name', 'attachedRoutes'), conditions }))
    })
  }),
  nameColumn: 'gateway',
  tables: [
    {
      name: '_gateway',
      diff: {
        aspect: 'object',
        key: ['namespace', 'gateway'],
        fields: ['gateway_class', 'addresses', 'status_addresses', 'programmed'],
        leftOut: {},
        summary: (row) => String(row.gateway_class)
      }
    },
    {
      name: '_gateway_listener',
      diff: {
        aspect: 'listener',
        key: ['namespace', 'gateway', 'listener'],
        fields: ['hostname', 'port', 'protocol', 'tls_mode', 'routes_from', 'route_kinds'],
        leftOut: {},
        part: (row) => String(row.listener),
        summary: (row) => `${row.hostname || '*'}:${row.port}/${row.protocol}`
      }
    }
  ],
  get: {
    key: 'gateway',
    parts: [
      {
        name: 'listeners',
        by: ['namespace', 'gateway'],
        sql: 'SELECT namespace, gateway, listener, hostname, port, protocol, tls_mode, routes_from, route_kinds FROM gateway_listeners'
      }
    ],
    columns: [
      field('NAME', 'gateway'),
      field('CLASS', 'gateway_class'),
      { head: 'ADDRESS', value: ({ status_addresses: list }: Got) => joined(list as string[]) },
      { head: 'LISTENERS', value: ({ listeners }: Got) => some((listeners as Got[]).map(listenerText)) }
    ]
  }
} as const satisfies ApiKind

function listenerText({ hostname, port, protocol }: Got): string {
  return `${hostname || '*'}:${port}/${protocol}`
}
