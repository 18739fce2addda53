import test from 'ava'
import { loadChecks } from '../../../src/ask/check/catalogue.ts'
import type { CheckResult } from '../../../src/ask/check/finding.ts'
import { runChecks } from '../../../src/ask/check/run.ts'
import { apart, scopeTo } from '../../../src/ask/sql/scope.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { sampleItems } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { TAKEN } from './checking.ts'

/**
 * What is not told is no "no": with any one column of what the API or the nodes told set to NULL, no check finds for certain what it does not
 * find in the whole snapshot. In the suite the columns that checks decide by; all of them with SNAP_TEST_TABLES=full.
 */

const FACTS = [
  '_node',
  '_namespace',
  '_service',
  '_service_port',
  '_endpoint',
  '_pod',
  '_container',
  '_container_port',
  '_daemonset',
  '_ingress',
  '_traefik_route',
  '_listener',
  '_interface_address',
  '_route',
  '_sysctl',
  '_connection'
]

/** The columns by which a fault was once found falsely. */
const SAMPLE = new Set([
  '_pod.phase',
  '_pod.labels',
  '_pod.node',
  '_endpoint.ready',
  '_node.ready',
  '_container.ready',
  '_service.selector'
])

const store = openStore(':memory:')
const { snapshot } = await importSnapshot(
  store,
  memorySnapshot(facts(TAKEN), await sampleItems('2026-11-22T12-00-00Z')),
  TAKEN
)
const checks = loadChecks([])
const usual = certain(look())

function look(): CheckResult[] {
  return apart(store, () => {
    scopeTo(store, snapshot)
    return runChecks(store, snapshot, checks)
  })
}

function certain(results: readonly CheckResult[]): Set<string> {
  return new Set(
    results.flatMap(({ findings, explained }) =>
      [...findings, ...explained]
        .filter(({ unsure }) => unsure === '')
        .map(({ code, object, node }) => `${code} ${object} ${node}`)
    )
  )
}

function nullable(of: Store): string[] {
  return FACTS.flatMap((table) =>
    (of.prepare(`PRAGMA table_info("${table}")`).all() as { name: string; notnull: number; pk: number }[])
      .filter(({ notnull, pk }) => notnull === 0 && pk === 0)
      .map(({ name }) => `${table}.${name}`)
  )
}

const tried = nullable(store).filter((column) => process.env['SNAP_TEST_TABLES'] === 'full' || SAMPLE.has(column))

for (const column of tried) {
  test.serial(`${column} is not told`, (t) => {
    const [table, name] = column.split('.')
    const found = apart(store, () => {
      store.exec(`UPDATE main."${table}" SET "${name}" = NULL`)
      return certain(look())
    })
    t.deepEqual(
      [...found].filter((finding) => !usual.has(finding)),
      []
    )
  })
}
