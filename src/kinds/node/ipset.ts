import { field, NODE, some } from '../column/column.ts'
import type { HostKind } from '../kind.ts'
import type { Got } from '../row.ts'

export const ipsets = {
  singular: 'ipset',
  title: 'IP sets',
  items: ['ipset-save'],
  part: 'iptables',
  tables: [
    {
      name: '_ipset',
      diff: {
        aspect: 'ipset',
        key: ['ipset'],
        fields: ['type', 'options'],
        leftOut: {},
        part: (row) => String(row.ipset),
        summary: (row) => String(row.type)
      }
    },
    {
      name: '_ipset_member',
      diff: {
        aspect: 'ipset member',
        key: ['ipset', 'member', 'nomatch', 'wildcard'],
        fields: ['comment'],
        leftOut: {},
        part: (row) => `${row.ipset} ${row.member}`,
        summary: (row) => [row.nomatch ? 'nomatch' : '', row.wildcard ? 'wildcard' : ''].filter(Boolean).join(' ')
      }
    }
  ],
  get: {
    key: 'ipset',
    hasNode: true,
    sql: 'SELECT * FROM ipsets WHERE node IS NOT NULL ORDER BY node, ipset',
    parts: [
      {
        name: 'members',
        by: ['node', 'ipset'],
        sql: 'SELECT node, ipset, member, nomatch, wildcard, comment FROM ipset_members WHERE node IS NOT NULL'
      }
    ],
    columns: [
      NODE,
      field('NAME', 'ipset'),
      field('TYPE', 'type'),
      { head: 'MEMBERS', value: ({ members }: Got) => some((members as Got[]).map(({ member }) => String(member))) },
      field('OPTIONS', 'options', { isWide: true })
    ]
  }
} as const satisfies HostKind
