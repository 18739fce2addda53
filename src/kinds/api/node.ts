import { AGE, field, first, joined } from '../column/column.ts'
import { conditions } from '../keep/metadata.ts'
import { object } from '../keep/object.ts'
import { fields, list, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got, Row } from '../row.ts'

export const nodes = {
  singular: 'node',
  short: ['no'],
  title: 'Nodes',
  isNamespaced: false,
  lists: [{ kind: 'Node', plural: 'nodes', versions: ['v1'] }],
  supportBundle: 'nodes',
  clusterInfoDump: true,
  reduce: object({
    spec: fields({
      ...scalars('podCIDR', 'unschedulable'),
      podCIDRs: list('scalar'),
      taints: list(fields(scalars('key', 'value', 'effect', 'timeAdded')))
    }),
    status: fields({
      addresses: list(fields(scalars('type', 'address'))),
      conditions,
      nodeInfo: fields(
        scalars(
          'architecture',
          'bootID',
          'containerRuntimeVersion',
          'kernelVersion',
          'kubeProxyVersion',
          'kubeletVersion',
          'operatingSystem',
          'osImage'
        )
      )
    })
  }),
  nameColumn: 'node',
  tables: [
    {
      name: '_node',
      diff: {
        aspect: 'object',
        key: ['node'],
        fields: [
          'ready',
          'unschedulable',
          'addresses',
          'pod_cidrs',
          'kubelet_version',
          'kube_proxy_version',
          'os_image',
          'kernel_version',
          'container_runtime',
          'labels'
        ],
        leftOut: { created_at: 'a time' },
        summary: (row) => addressList(row)
      }
    }
  ],
  get: {
    key: 'node',
    hasNode: true,
    columns: [
      field('NAME', 'node'),
      { head: 'STATUS', value: status },
      { head: 'ROLES', value: roles },
      AGE,
      field('VERSION', 'kubelet_version'),
      { head: 'INTERNAL-IP', isWide: true, value: ({ internal_ips: ips }) => first(ips) },
      { head: 'EXTERNAL-IP', isWide: true, value: ({ external_ips: ips }) => first(ips) },
      field('OS-IMAGE', 'os_image', { isWide: true }),
      field('KERNEL-VERSION', 'kernel_version', { isWide: true }),
      field('CONTAINER-RUNTIME', 'container_runtime', { isWide: true })
    ]
  }
} as const satisfies ApiKind

function addressList({ addresses }: Row): string {
  if (typeof addresses !== 'string') return ''
  return (JSON.parse(addresses) as { type: string; address: string }[])
    .filter(({ type }) => type.endsWith('IP'))
    .map(({ address }) => address)
    .join(', ')
}

function status({ ready: is, unschedulable }: Got): string | null {
  if (is === null) return null
  return `${is === 'True' ? 'Ready' : is === 'False' ? 'NotReady' : 'Unknown'}${unschedulable ? ',SchedulingDisabled' : ''}`
}

const ROLE = 'node-role.kubernetes.io/'

function roles({ labels }: Got): string | null {
  if (typeof labels !== 'object' || labels === null) return null
  const names = Object.entries(labels as Record<string, string>).flatMap(([key, value]) =>
    key.startsWith(ROLE) && key.length > ROLE.length
      ? [key.slice(ROLE.length)]
      : key === 'kubernetes.io/role' && value !== ''
        ? [value]
        : []
  )
  return joined(names.sort())
}
