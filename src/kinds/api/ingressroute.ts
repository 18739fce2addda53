import { field, joined, some } from '../column/column.ts'
import { object } from '../keep/object.ts'
import { keptRule } from '../keep/rule.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got, Row } from '../row.ts'

const versions = ['traefik.io/v1alpha1', 'traefik.containo.us/v1alpha1']

const KINDS = [
  { kind: 'IngressRoute', plural: 'ingressroutes' },
  { kind: 'IngressRouteTCP', plural: 'ingressroutetcps' },
  { kind: 'IngressRouteUDP', plural: 'ingressrouteudps' }
]

/** IngressRoute, IngressRouteTCP and IngressRouteUDP of Traefik in one list: a cluster may have both groups, with objects of their own. */
export const ingressroutes = {
  singular: 'ingressroute',
  title: 'IngressRoutes',
  isNamespaced: true,
  lists: versions.flatMap((version) => KINDS.map((kind) => ({ ...kind, versions: [version] }))),
  optional: 'kinds of Traefik',
  // `services[].port` is a number or a name; secrets of `tls` are left out, so that `tls: {}` alone stays.
  reduce: object({
    spec: fields({
      entryPoints: list('scalar'),
      routes: list(
        fields({
          ...scalars('kind', 'priority', 'syntax'),
          match: { by: keptRule },
          middlewares: list(fields(scalars('name', 'namespace'))),
          services: list(fields(scalars('kind', 'name', 'namespace', 'port', 'scheme', 'weight', 'nativeLB')))
        })
      ),
      tls: fields({})
    })
  }),
  nameColumn: 'route',
  tables: [
    {
      name: '_traefik_route',
      diff: {
        aspect: 'object',
        key: [
          'namespace',
          'route',
          'kind',
          'api_group',
          'position',
          'rule',
          'service_kind',
          'service_namespace',
          'service',
          'service_port'
        ],
        fields: [
          'entry_points',
          'route_class',
          'tls',
          'syntax',
          'priority',
          'middlewares',
          'scheme',
          'weight',
          'native_lb'
        ],
        leftOut: {},
        part: (row) => [row.kind === 'IngressRoute' ? '' : row.kind, row.rule].filter(Boolean).join(' '),
        summary
      }
    }
  ],
  get: {
    key: 'route',
    sql: 'SELECT * FROM traefik_routes',
    groups: {
      by: ['namespace', 'route', 'kind', 'api_group', 'route_class', 'entry_points', 'tls'],
      name: 'routes'
    },
    columns: [
      field('NAME', 'route'),
      field('KIND', 'kind'),
      { head: 'ENTRYPOINTS', value: ({ entry_points: points }: Got) => joined(points as string[]) },
      { head: 'SERVICES', value: ({ routes }: Got) => some([...new Set((routes as Got[]).map(serviceOf))]) },
      {
        head: 'RULES',
        isWide: true,
        value: ({ routes }: Got) => some([...new Set((routes as Got[]).map(({ rule }) => String(rule)))])
      }
    ]
  }
} as const satisfies ApiKind

function summary(row: Row): string {
  return row.service === '' ? 'to no Service' : `to ${serviceOf(row)}`
}

function serviceOf({ service_namespace: namespace, service, service_port: port }: Got | Row): string {
  return `${namespace}/${service}${port === '' ? '' : `:${port}`}`
}
