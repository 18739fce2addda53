import type { Diff } from '../../ask/diff/change.ts'
import type { Rows } from '../format/cell.ts'
import { trafficRows } from './traffic-text.ts'

const COLUMNS = [
  'section',
  'namespace',
  'object',
  'aspect',
  'name',
  'change',
  'before',
  'after',
  'nodes',
  'of_nodes',
  'family'
]

/** One row a change; what could not be compared is a row too, so that no table looks more alike than the snapshots prove. */
export function diffRows({ changes, unknown, traffic = [] }: Diff, { rules: withRules }: { rules: boolean }): Rows {
  const rows = changes.map(
    ({ section, namespace, object, aspect, name, change, before, after, nodes, of, family, rules }) => [
      // What came was not there before: none, not unknown.
      section,
      namespace,
      object,
      aspect,
      name,
      change,
      change === 'added' ? '' : before,
      change === 'removed' ? '' : after,
      nodes,
      of,
      family,
      ...(withRules ? [(rules ?? []).map(({ sign, table, line }) => `${sign}${table} ${line}`)] : [])
    ]
  )
  const gaps = unknown.map(({ subject, side, reason }) => [
    'unknown',
    '',
    subject,
    'coverage',
    reason,
    'unknown',
    side === 'after' ? '' : null,
    side === 'before' ? '' : null,
    [],
    0,
    '',
    ...(withRules ? [[]] : [])
  ])
  const columns = withRules ? [...COLUMNS, 'rules'] : COLUMNS
  return { columns, rows: [...rows, ...gaps, ...trafficRows(traffic, columns.length)] }
}
