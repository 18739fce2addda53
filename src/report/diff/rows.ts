import type { Diff } from '../../ask/diff/change.ts'
import { eventsOf } from '../../ask/diff/events.ts'
import type { Rows } from '../format/cell.ts'
import { eventLine } from './event-text.ts'
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

/** One row a change, and one for each of what they mean taken together (in-short). What could not be compared is a row too, so that no table looks more alike than the snapshots prove. */
export function diffRows(diff: Diff, { rules: withRules }: { rules: boolean }): Rows {
  const { changes, unknown, traffic = [] } = diff
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
  const events = eventsOf(diff).map((event) => [
    'in-short',
    '',
    '',
    event.kind,
    eventLine(event),
    'event',
    '',
    '',
    'nodes' in event ? event.nodes : 'change' in event ? event.change.nodes : [],
    0,
    '',
    ...(withRules ? [[]] : [])
  ])
  return { columns, rows: [...rows, ...events, ...gaps, ...trafficRows(traffic, columns.length)] }
}
