import { field, joined, some } from '../column/column.ts'
import { conditions } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got, Row } from '../row.ts'
import { GATEWAY_API, GATEWAY_GROUP } from './gateway-class.ts'

const parentRef = fields(scalars('group', 'kind', 'namespace', 'name', 'sectionName', 'port'))
const backendRef = fields(scalars('group', 'kind', 'namespace', 'name', 'port', 'weight'))
const path = fields(scalars('type', 'replaceFullPath', 'replacePrefixMatch'))
/** What headers and queries are compared with, or set to, may be a credential: of them the names alone. */
const compared = list(fields(scalars('type', 'name')))

const reduce = object({
  spec: fields({
    parentRefs: list(parentRef),
    hostnames: list('scalar'),
    rules: list(
      fields({
        matches: list(
          fields({
            path: fields(scalars('type', 'value')),
            // A word of HTTP; of gRPC a service and a method.
            method: { by: (value) => (typeof value === 'string' ? value : keptMethod(value)) },
            headers: compared,
            queryParams: compared
          })
        ),
        filters: list(
          fields({
            type: 'scalar',
            requestRedirect: fields({ ...scalars('scheme', 'hostname', 'port', 'statusCode'), path }),
            urlRewrite: fields({ hostname: 'scalar', path }),
            requestMirror: fields({ backendRef })
          })
        ),
        backendRefs: list(backendRef)
      })
    )
  }),
  status: fields({ parents: list(fields({ controllerName: 'scalar', parentRef, conditions })) })
})

const METHOD = ['type', 'service', 'method'] as const

function keptMethod(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const given = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(METHOD.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])))
}

const table = {
  name: '_gateway_route',
  diff: {
    aspect: 'object',
    key: [
      'namespace',
      'route',
      'kind',
      'position',
      'backend_group',
      'backend_kind',
      'backend_namespace',
      'backend',
      'backend_port'
    ],
    fields: ['hostnames', 'parents', 'matches', 'filters', 'weight', 'accepted', 'resolved'],
    leftOut: {},
    part: (row: Row) => `rule ${row.position}`,
    summary: (row: Row) => (row.backend === '' ? 'to nothing' : `to ${backendText(row)}`)
  }
} as const

function gatewayRoute<Singular extends string>(
  singular: Singular,
  kind: string,
  title: string,
  versions: readonly string[]
) {
  return {
    singular,
    title,
    isNamespaced: true,
    lists: [{ kind, plural: `${singular}s`, versions: versions.map((version) => `${GATEWAY_GROUP}/${version}`) }],
    optional: GATEWAY_API,
    reduce,
    nameColumn: 'route',
    tables: [table],
    get: {
      key: 'route',
      sql: `SELECT * FROM gateway_routes WHERE kind = '${kind}'`,
      groups: { by: ['namespace', 'route', 'kind', 'hostnames', 'parents', 'accepted', 'resolved'], name: 'rules' },
      columns: [
        field('NAME', 'route'),
        { head: 'HOSTNAMES', value: ({ hostnames }: Got) => joined(hostnames as string[]) },
        { head: 'PARENTS', value: ({ parents }: Got) => joined(parents as string[]) },
        { head: 'BACKENDS', value: ({ rules }: Got) => some([...new Set((rules as Got[]).map(backendText))]) }
      ]
    }
  } as const satisfies ApiKind
}

function backendText({ backend_namespace: namespace, backend, backend_port: port }: Got | Row): string {
  return backend === '' ? '<none>' : `${namespace}/${backend}${port === null ? '' : `:${port}`}`
}

export const httproutes = gatewayRoute('httproute', 'HTTPRoute', 'HTTPRoutes', ['v1', 'v1beta1'])
export const grpcroutes = gatewayRoute('grpcroute', 'GRPCRoute', 'GRPCRoutes', ['v1', 'v1alpha2'])
export const tlsroutes = gatewayRoute('tlsroute', 'TLSRoute', 'TLSRoutes', ['v1', 'v1alpha3', 'v1alpha2'])
export const tcproutes = gatewayRoute('tcproute', 'TCPRoute', 'TCPRoutes', ['v1alpha2'])
export const udproutes = gatewayRoute('udproute', 'UDPRoute', 'UDPRoutes', ['v1alpha2'])
