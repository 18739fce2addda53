import type { CheckResult } from '../../ask/check/run.ts'
import { visible } from '../format/cell.ts'

/**
 * For the node exporter's textfile collector: how many findings each check has, and whether it saw all it needs.
 * A check without findings says 0, so that an alert can tell "none" from "not run".
 */
export function findingMetrics(snapshot: string, results: readonly CheckResult[]): string {
  const metric = (name: string, help: string, value: (result: CheckResult) => number): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} gauge\n` +
    results.map((result) => `${name}{code="${label(result.check.code)}",severity="${result.check.severity}"} ${value(result)}\n`).join('')
  return metric('snap_findings', 'Findings of each check in the snapshot.', ({ findings }) => findings.length) +
    metric('snap_check_gaps', 'Things a check needed and the snapshot does not hold.', ({ gaps }) => gaps.length) +
    '# HELP snap_snapshot_info The snapshot that was checked.\n# TYPE snap_snapshot_info gauge\n' +
    `snap_snapshot_info{snapshot="${label(snapshot)}"} 1\n`
}

function label(text: string): string {
  return visible(text).replace(/[\\"]/g, '\\$&')
}
