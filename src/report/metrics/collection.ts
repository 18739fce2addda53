import { label, metric } from './exposition.ts'

/** How one run of `snap collect` went. */
export interface CollectionRun {
  readonly cluster: string
  readonly startedAt: Date
  readonly endedAt: Date
  /** snap's exit status. */
  readonly status: number
  readonly items: number
  readonly failedItems: number
  readonly nodes: number
  readonly wholeNodes: number
  /** The snapshot that was written, if one was: when it was begun. */
  readonly snapshotAt: Date | null
}

const LAST_SNAPSHOT = 'snap_last_snapshot_timestamp_seconds'
const LAST_WHOLE = 'snap_last_whole_snapshot_timestamp_seconds'

/**
 * For the node exporter's textfile collector. Ages are told as times, so that they grow while nothing runs:
 * `time() - snap_last_snapshot_timestamp_seconds > 7200`. `before`: the file of the run before, from which the times of the last
 * snapshots are taken where this run made none.
 */
export function collectionMetrics(run: CollectionRun, before: string): string {
  const labels = `cluster="${label(run.cluster)}"`
  const gauge = (name: string, help: string, value: number | undefined): string =>
    value === undefined ? '' : metric(name, help, [[labels, value]])
  const at = run.snapshotAt === null ? undefined : run.snapshotAt.getTime() / 1000
  const whole = run.failedItems === 0 ? at : undefined
  return (
    gauge(LAST_SNAPSHOT, 'When the last snapshot was begun.', at ?? valueIn(before, LAST_SNAPSHOT, labels)) +
    gauge(
      LAST_WHOLE,
      'When the last snapshot in which nothing failed was begun.',
      whole ?? valueIn(before, LAST_WHOLE, labels)
    ) +
    gauge('snap_run_timestamp_seconds', 'When the last run ended, whatever came of it.', run.endedAt.getTime() / 1000) +
    gauge('snap_run_duration_seconds', 'How long it took.', (run.endedAt.getTime() - run.startedAt.getTime()) / 1000) +
    gauge('snap_run_exit_status', 'Its exit status: 0 whole, 1 findings, 2 failed, 3 partial.', run.status) +
    metric('snap_run_items', 'What it asked for, by how that went.', [
      [`${labels},state="whole"`, run.items - run.failedItems],
      [`${labels},state="failed"`, run.failedItems]
    ]) +
    metric('snap_run_nodes', "The cluster's nodes, by whether all of each was read.", [
      [`${labels},state="whole"`, run.wholeNodes],
      [`${labels},state="incomplete"`, run.nodes - run.wholeNodes]
    ]) +
    gauge(
      'snap_run_completeness_ratio',
      'Items that did not fail, of all.',
      run.items === 0 ? 0 : (run.items - run.failedItems) / run.items
    )
  )
}

function valueIn(text: string, name: string, labels: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${name}{${labels}} `))
  const value = Number(line?.slice(line.lastIndexOf(' ') + 1))
  return Number.isFinite(value) ? value : undefined
}
