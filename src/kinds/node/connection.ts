import { field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'

export const connections = {
  singular: 'connection',
  title: 'Connections',
  items: ['conntrack'],
  part: 'conntrack',
  tables: [{ name: '_connection', diff: { none: 'connections come and go all the time' } }],
  get: {
    key: 'source',
    hasNode: true,
    sql: 'SELECT * FROM connections ORDER BY node, protocol, source, source_port',
    columns: [
      NODE,
      field('PROTOCOL', 'protocol'),
      field('STATE', 'state'),
      field('SOURCE', 'source'),
      field('SPORT', 'source_port'),
      field('DESTINATION', 'destination'),
      field('DPORT', 'destination_port'),
      field('ANSWERED-BY', 'reply_source'),
      field('ANSWER-PORT', 'reply_source_port', { isWide: true })
    ]
  }
} as const satisfies HostKind
