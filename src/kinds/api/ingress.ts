import { field, joined, some } from '../column/column.ts'
import { loadBalancer } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'

const backend = fields({
  // extensions/v1beta1 and networking.k8s.io/v1beta1 name the Service here, v1 in `service`.
  ...scalars('serviceName', 'servicePort'),
  service: fields({ name: 'scalar', port: fields(scalars('name', 'number')) }),
  resource: fields(scalars('apiGroup', 'kind', 'name'))
})

export const ingresses = {
  singular: 'ingress',
  short: ['ing'],
  title: 'Ingresses',
  isNamespaced: true,
  lists: [
    {
      kind: 'Ingress',
      plural: 'ingresses',
      versions: ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1']
    }
  ],
  supportBundle: 'ingress',
  reduce: object({
    spec: fields({
      ingressClassName: 'scalar',
      backend,
      defaultBackend: backend,
      tls: list(fields({ hosts: list('scalar') })),
      rules: list(
        fields({ host: 'scalar', http: fields({ paths: list(fields({ ...scalars('path', 'pathType'), backend })) }) })
      )
    }),
    status: fields({ loadBalancer })
  }),
  nameColumn: 'ingress',
  tables: [
    {
      name: '_ingress',
      diff: {
        aspect: 'object',
        key: ['namespace', 'ingress', 'host', 'path', 'path_type', 'service', 'service_port'],
        fields: ['ingress_class'],
        leftOut: {},
        part: (row) => `${row.host || '*'}${row.path ?? ''}`,
        summary: (row) => `${row.host || '*'}${row.path ?? ''} to ${row.service}:${row.service_port}`
      }
    }
  ],
  get: {
    key: 'ingress',
    groups: { by: ['namespace', 'ingress', 'ingress_class'], name: 'backends' },
    columns: [
      field('NAME', 'ingress'),
      field('CLASS', 'ingress_class'),
      {
        head: 'HOSTS',
        value: ({ backends }: Got) =>
          joined([...new Set((backends as Got[]).map(({ host }) => (host === null ? '?' : String(host) || '*')))])
      },
      {
        head: 'BACKENDS',
        isWide: true,
        value: ({ backends }: Got) =>
          some(
            (backends as Got[]).map(({ path, service, service_port: port }) =>
              `${path ?? ''} ${service}:${port}`.trim()
            )
          )
      }
    ]
  }
} as const satisfies ApiKind
