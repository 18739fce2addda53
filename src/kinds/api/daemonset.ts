import { field, pairs } from '../column/column.ts'
import { reduceDaemonSet } from '../keep/pod.ts'
import type { ApiKind } from '../kind.ts'
import type { Got } from '../row.ts'

export const daemonsets = {
  singular: 'daemonset',
  short: ['ds'],
  title: 'DaemonSets',
  isNamespaced: true,
  lists: [{ kind: 'DaemonSet', plural: 'daemonsets', versions: ['apps/v1'] }],
  supportBundle: 'daemonsets',
  clusterInfoDump: true,
  reduce: reduceDaemonSet,
  nameColumn: 'daemonset',
  tables: [
    {
      name: '_daemonset',
      diff: {
        aspect: 'object',
        key: ['namespace', 'daemonset'],
        fields: ['desired', 'current', 'ready', 'labels', 'selector', 'node_selector'],
        leftOut: {},
        summary: (row) => (row.desired === null ? '' : `wants ${row.desired} pods`)
      }
    }
  ],
  get: {
    key: 'daemonset',
    columns: [
      field('NAME', 'daemonset'),
      field('DESIRED', 'desired'),
      field('CURRENT', 'current'),
      field('READY', 'ready'),
      { head: 'NODE SELECTOR', value: ({ node_selector: selector }: Got) => pairs(selector) },
      { head: 'SELECTOR', isWide: true, value: ({ selector }: Got) => pairs(selector) }
    ]
  }
} as const satisfies ApiKind
