import { cell, field } from '../column/column.ts'
import type { HostKind } from '../kind.ts'
import type { Got } from '../row.ts'

export const listeners = {
  singular: 'listener',
  title: 'Listening sockets',
  items: ['sockets-ss', 'sockets-netstat', 'sockets-proc'],
  part: 'sockets',
  tables: [
    {
      name: '_listener',
      diff: {
        aspect: 'listener',
        key: ['protocol', 'address', 'port'],
        fields: [],
        leftOut: { process: 'one process hands its socket to the next; which of them a listing names is chance' },
        part: (row) =>
          `${String(row.address).includes(':') ? `[${row.address}]` : row.address}:${row.port}/${row.protocol}`,
        summary: (row) => String(row.process ?? '')
      }
    }
  ],
  get: {
    key: 'address',
    hasNode: true,
    columns: [
      { head: 'NODE', value: ({ node }: Got) => cell(node) ?? '' },
      { head: 'POD', value: ({ namespace, pod }: Got) => (pod === null ? '' : `${namespace}/${pod}`) },
      field('PROTOCOL', 'protocol'),
      field('ADDRESS', 'address'),
      field('PORT', 'port'),
      field('PROCESS', 'process')
    ]
  }
} as const satisfies HostKind
