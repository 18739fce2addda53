import { field, NODE, some } from '../column/column.ts'
import type { HostKind } from '../kind.ts'
import type { Got } from '../row.ts'

/** The tables of nftables that iptables does not show: kube-proxy's in nftables mode, firewalld's, a person's own. */
export const nftTables = {
  singular: 'nft-table',
  short: ['nft'],
  title: 'nft tables',
  items: ['nft-ruleset'],
  part: 'iptables',
  tables: [
    {
      name: '_nft_table',
      diff: {
        aspect: 'nft table',
        key: ['family', 'name'],
        fields: [],
        leftOut: {},
        part: (row) => `${row.family} ${row.name}`,
        summary: () => ''
      }
    },
    {
      name: '_nft_rule',
      diff: {
        aspect: 'nft rule',
        key: ['family', 'table_name', 'block', 'text'],
        fields: [],
        leftOut: { position: 'one rule that comes moves all that follow' },
        part: (row) => `${row.family} ${row.table_name} ${row.block}`,
        summary: (row) => String(row.text)
      }
    },
    { name: '_nft_chain', diff: { none: 'its hook, policy and rules are lines of the table, which are compared' } }
  ],
  get: {
    key: 'name',
    hasNode: true,
    sql: 'SELECT * FROM nft_tables ORDER BY node, family, name',
    parts: [
      {
        name: 'rules',
        by: ['node', 'family', 'name'],
        sql: 'SELECT node, family, table_name AS name, block, position, text FROM nft_rules ORDER BY node, family, table_name, position'
      }
    ],
    columns: [
      NODE,
      field('FAMILY', 'family'),
      field('NAME', 'name'),
      { head: 'RULES', value: ({ rules }: Got) => (rules as Got[]).length },
      { head: 'TEXT', isWide: true, value: ({ rules }: Got) => some((rules as Got[]).map(({ text }) => String(text))) }
    ]
  }
} as const satisfies HostKind
