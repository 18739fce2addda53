import { loadChecks } from '../../../src/ask/check/catalogue.ts'
import type { CheckResult } from '../../../src/ask/check/finding.ts'
import { runChecks } from '../../../src/ask/check/run.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

/** When the captures are said to be taken. */
export const TAKEN = new Date('2026-11-22T12:00:00Z')

/** What snap's own checks say of a snapshot that consists of these items. */
export async function checkItems(items: readonly CollectedItem[]): Promise<CheckResult[]> {
  const store = openStore(':memory:')
  try {
    const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), items), TAKEN)
    scopeTo(store, snapshot)
    return runChecks(store, snapshot, loadChecks([]))
  } finally {
    store.close()
  }
}

/** `SEP-STALE service/demo/web:http kube-worker2`, one a finding, each once. */
export function summaries(results: readonly CheckResult[]): string[] {
  const lines = results.flatMap(({ findings }) =>
    findings.map(({ code, object, node }) => [code, object, node ?? ''].join(' ').trimEnd())
  )
  return [...new Set(lines)].sort()
}
