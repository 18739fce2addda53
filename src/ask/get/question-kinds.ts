import { cell, field, some } from '../../kinds/column/column.ts'
import type { Got } from '../../kinds/row.ts'
import type { Kind } from './kind.ts'

/** What `snap get` lists that is not collected: it follows from what is. */
export const QUESTION_KINDS: readonly Kind[] = [
  {
    name: 'frontends',
    singular: 'frontend',
    key: 'service',
    isNamespaced: true,
    subjects: ['services'],
    columns: [
      field('SERVICE', 'service'),
      field('ADDRESS', 'address'),
      field('PORT', 'port'),
      field('PROTOCOL', 'protocol'),
      field('KIND', 'kind'),
      field('PORT-NAME', 'port_name'),
      field('HASH', 'chain_hash', { isWide: true })
    ]
  },
  {
    name: 'chains',
    singular: 'chain',
    hasNode: true,
    key: 'chain',
    isNamespaced: false,
    subjects: ['rules'],
    sql: `SELECT family, table_name, chain, kind, hash, policy, rules, complete, json_group_array(node) AS nodes FROM (SELECT * FROM chains WHERE node IS NOT NULL ORDER BY node)
      WHERE (@node IS NULL OR node = @node) GROUP BY family, table_name, chain, policy, rules, complete ORDER BY family, table_name, chain`,
    columns: [
      field('NAME', 'chain'),
      field('TABLE', 'table_name'),
      field('FAMILY', 'family'),
      field('KIND', 'kind'),
      field('RULES', 'rules'),
      { head: 'NODES', value: ({ nodes }: Got) => some(nodes as string[]) },
      { head: 'POLICY', isWide: true, value: ({ policy }: Got) => cell(policy) ?? '' }
    ]
  },
  {
    name: 'findings',
    singular: 'finding',
    hasNode: true,
    key: 'code',
    isNamespaced: false,
    subjects: [],
    columns: [
      field('SEVERITY', 'severity'),
      field('CODE', 'code'),
      field('OBJECT', 'object'),
      { head: 'NODE', value: ({ node }: Got) => (node ? String(node) : '') },
      field('MESSAGE', 'message'),
      field('FIX', 'fix', { isWide: true })
    ]
  },
  {
    name: 'flows',
    singular: 'flow',
    hasNode: true,
    key: 'service',
    isNamespaced: true,
    subjects: ['rules'],
    columns: [
      field('SERVICE', 'service'),
      field('ADDRESS', 'address'),
      field('PORT', 'port'),
      field('PROTOCOL', 'protocol'),
      field('SENDER', 'sender'),
      field('DESTINATIONS', 'destinations'),
      {
        head: 'SHARE',
        value: ({ share }: Got) => (typeof share === 'number' ? `${Number((share * 100).toFixed(1))}%` : cell(share))
      },
      field('VERDICT', 'verdict'),
      field('NODES', 'nodes'),
      field('WHY', 'why', { isWide: true })
    ]
  },
  {
    name: 'snapshots',
    singular: 'snapshot',
    key: 'snapshot',
    isNamespaced: false,
    subjects: [],
    sql: 'SELECT * FROM snapshots ORDER BY taken_at DESC',
    columns: [
      field('ID', 'id'),
      field('NAME', 'snapshot'),
      field('CLUSTER', 'cluster'),
      field('ITEMS', 'items'),
      field('FAILED', 'failed'),
      field('ISSUES', 'issues'),
      { head: 'FROM', value: ({ pasted }: Got) => (pasted ? 'pasted text' : 'collection') },
      field('SOURCE', 'source', { isWide: true }),
      field('TOOL', 'tool', { isWide: true })
    ]
  }
]
