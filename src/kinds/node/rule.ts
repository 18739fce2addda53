import { cell, field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'
import type { Got } from '../row.ts'

/** The rules of iptables dumps, one dump a family and backend. */
export const rules = {
  singular: 'rule',
  title: 'Rules',
  items: ['iptables-save', 'ip6tables-save'],
  part: 'iptables',
  tables: [{ name: '_rule', diff: { by: 'rules' } }],
  get: {
    key: 'chain',
    hasNode: true,
    sql: 'SELECT * FROM rules WHERE node IS NOT NULL ORDER BY node, family, table_name, chain, number, text',
    columns: [
      NODE,
      field('FAMILY', 'family', { isWide: true }),
      field('TABLE', 'table_name'),
      field('CHAIN', 'chain'),
      { head: 'NO', value: ({ number }: Got) => cell(number) ?? '' },
      field('PACKETS', 'packets'),
      field('BYTES', 'bytes', { isWide: true }),
      field('RULE', 'text')
    ]
  }
} as const satisfies HostKind
