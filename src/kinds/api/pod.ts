import { AGE, cell, field } from '../column/column.ts'
import { reducePod } from '../keep/pod.ts'
import type { ApiKind } from '../kind.ts'
import type { Got, Row } from '../row.ts'

export const pods = {
  singular: 'pod',
  short: ['po'],
  title: 'Pods',
  isNamespaced: true,
  lists: [{ kind: 'Pod', plural: 'pods', versions: ['v1'] }],
  supportBundle: 'pods',
  clusterInfoDump: true,
  reduce: reducePod,
  nameColumn: 'pod',
  tables: [
    {
      name: '_pod',
      diff: {
        aspect: 'object',
        key: ['namespace', 'pod'],
        fields: [
          'uid',
          'node',
          'ip',
          'ips',
          'host_network',
          'phase',
          'status',
          'ready',
          'owner_kind',
          'owner_name',
          'labels'
        ],
        leftOut: { deleted_at: 'a time; the status says Terminating', created_at: 'a time' },
        workload: workloadOf,
        summary: (row) =>
          [row.ip || 'no address', row.node ? `on ${row.node}` : 'on no node', row.status].filter(Boolean).join(' ')
      }
    },
    {
      name: '_container',
      diff: {
        aspect: 'container',
        key: ['namespace', 'pod', 'container'],
        fields: ['kind', 'image', 'environment', 'arguments'],
        leftOut: {
          ready: "momentary; the pod's readiness is compared",
          restarts: 'counts up without the pod having changed',
          state: 'momentary',
          reason: "momentary; the pod's status is compared"
        },
        part: (row) => String(row.container),
        summary: (row) => String(row.image ?? '')
      }
    },
    {
      name: '_container_port',
      diff: {
        aspect: 'port',
        key: ['namespace', 'pod', 'container', 'protocol', 'port', 'host_port', 'host_ip'],
        fields: ['port_name'],
        leftOut: {},
        part: (row) => `${row.container} ${row.port}/${row.protocol}`,
        summary: (row) => (row.host_port ? `host port ${row.host_ip ? `${row.host_ip}:` : ''}${row.host_port}` : '')
      }
    }
  ],
  get: {
    key: 'pod',
    hasNode: true,
    parts: [
      {
        name: 'containers',
        by: ['namespace', 'pod'],
        sql: 'SELECT namespace, pod, container, kind, image, ready, restarts, state, reason FROM containers'
      }
    ],
    columns: [
      field('NAME', 'pod'),
      { head: 'READY', value: ready },
      field('STATUS', 'status'),
      {
        head: 'RESTARTS',
        value: ({ containers }: Got) => sum((containers as Got[]).map(({ restarts }) => restarts))
      },
      AGE,
      { head: 'IP', isWide: true, value: ({ ip }: Got) => cell(ip) },
      field('NODE', 'node', { isWide: true })
    ]
  }
} as const satisfies ApiKind

/** Pods of a Deployment are made by a ReplicaSet that bears its name and the hash that is among the pod's labels. */
function workloadOf({ namespace, owner_kind: kind, owner_name: name, labels }: Row): string {
  if (!name) return ''
  const hash =
    typeof labels === 'string' ? (JSON.parse(labels) as Record<string, string>)['pod-template-hash'] : undefined
  const end = `-${hash}`
  return `${namespace}/${kind === 'ReplicaSet' && hash && String(name).endsWith(end) ? String(name).slice(0, -end.length) : name}`
}

/** Containers that keep running: init containers do not count, unless they are sidecars. */
function ready({ containers }: Got): string | null {
  const running = (containers as Got[]).filter(({ kind }) => kind !== 'init')
  if (running.length === 0 || running.some(({ ready: is }) => is === null)) return null
  return `${running.filter(({ ready: is }) => is).length}/${running.length}`
}

function sum(values: readonly unknown[]): number | null {
  return values.length === 0 || values.some((value) => typeof value !== 'number')
    ? null
    : (values as number[]).reduce((total, value) => total + value, 0)
}
