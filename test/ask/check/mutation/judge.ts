import { loadChecks } from '../../../../src/ask/check/catalogue.ts'
import type { Finding } from '../../../../src/ask/check/finding.ts'
import { runChecks } from '../../../../src/ask/check/run.ts'
import { scopeTo } from '../../../../src/ask/sql/scope.ts'
import type { CollectedItem } from '../../../../src/collect/item.ts'
import { importSnapshot } from '../../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../../src/store/open.ts'
import { facts } from '../../../support/capture.ts'
import { memorySnapshot } from '../../../support/snapshot.ts'
import { TAKEN } from '../checking.ts'

/** What the evaluator and the checks say of one node. */
export interface Judged {
  /** What becomes of each frontend's packets, by `object from sender`. */
  readonly flows: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

export async function judge(items: readonly CollectedItem[], node: string): Promise<Judged> {
  const store = openStore(':memory:')
  try {
    const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), items), TAKEN)
    scopeTo(store, snapshot)
    const findings = runChecks(store, snapshot, loadChecks([])).flatMap((result) => result.findings)
    const rows = store
      .prepare(
        `SELECT 'service/' || namespace || '/' || service || iif(port_name = '', '', ':' || port_name) || ' ' || kind || ' ' || family || ' ' || address || ' ' || port || ' ' || sender AS frontend,
         group_concat(destination || ' ' || verdict || ' ' || ifnull(masqueraded, '?') || ' ' || round(share, 3) || ' ' || condition, ', ' ORDER BY destination, condition, verdict) AS flow
       FROM flows WHERE node = ? GROUP BY 1`
      )
      .all(node) as { frontend: string; flow: string }[]
    return {
      flows: new Map(rows.map(({ frontend, flow }) => [frontend, flow])),
      findings: findings.filter((finding) => finding.node === null || finding.node === node)
    }
  } finally {
    store.close()
  }
}

/** The Service ports whose packets go otherwise. */
export function changedObjects(before: Judged, after: Judged): string[] {
  return [
    ...new Set(
      [...before.flows]
        .filter(([frontend, flow]) => after.flows.get(frontend) !== flow)
        .map(([frontend]) => frontend.split(' ')[0]!)
    )
  ]
}

export function newFindings(before: Judged, after: Judged): Finding[] {
  const key = ({ code, object, message }: Finding): string => `${code} ${object} ${message}`
  const known = new Set(before.findings.map(key))
  return after.findings.filter((finding) => !known.has(key(finding)))
}
