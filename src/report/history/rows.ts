import type { History } from '../../ask/history/log.ts'
import { diffRows } from '../diff/rows.ts'
import type { Rows } from '../format/cell.ts'
import { formatDocument } from '../format/json.ts'
import { lifeOf } from './life.ts'

/** One row a change, newest first, with the columns of the diff; what a snapshot does not say is a row too. */
export function historyRows(histories: readonly History[], options: { rules: boolean }): Rows {
  const columns = diffRows({ before: '', after: '', changes: [], unknown: [] }, options).columns
  const rows = histories.flatMap(({ object, steps, unseen }) => [
    ...steps.flatMap(({ snapshot, takenAt, isFirst, changes }) =>
      diffRows({ before: '', after: snapshot, changes, unknown: [] }, options).rows.map((row) => [
        object,
        snapshot,
        takenAt,
        isFirst ? 1 : 0,
        ...row
      ])
    ),
    ...unseen.flatMap(({ subject, reason, snapshots }) =>
      snapshots
        .toReversed()
        .flatMap((snapshot) =>
          diffRows(
            { before: '', after: snapshot, changes: [], unknown: [{ subject, side: 'after', reason }] },
            options
          ).rows.map((row) => [object, snapshot, null, 0, ...row])
        )
    )
  ])
  return { columns: ['followed', 'snapshot', 'taken_at', 'is_first', ...columns], rows }
}

/** One document: an object a life, with the columns' names of the tables. */
export function historyJson(histories: readonly History[]): string {
  const documents = histories.map((history) => ({
    object: history.object,
    life: lifeOf(history),
    snapshots: history.snapshots,
    steps: history.steps.map(({ changes, ...step }) => ({
      ...step,
      changes: changes.map(({ rules, ...change }) => ({
        ...change,
        ...(rules && { rules: rules.map(({ sign, table, line }) => `${sign}${table} ${line}`) })
      }))
    })),
    unseen: history.unseen,
    series: history.series
  }))
  return formatDocument(documents)
}
