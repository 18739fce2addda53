/** What many checks ask in place of `rules` and `chains` says the same, in the store and as checks copy it. */
import test from 'ava'
import { dumpText } from '../../../scripts/bench/dump.ts'
import { Days } from '../../../scripts/bench/services.ts'
import { copyViews } from '../../../src/ask/check/tables.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { dumpSnapshot } from '../../support/dump-snapshot.ts'
import { sampleItems } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { TAKEN } from './checking.ts'

const DUMP = 'node, namespace, pod, container, family, backend'
const CHAIN = 'table_name, chain, kind, hash, policy, rules, complete'
const RULE = `table_name, chain, kind, number, text, protocol, source, destination, in_interface, out_interface, destination_ports, target, is_goto,
  to_destination, probability, not_understood`

const columns = (list: string, of: string) =>
  list
    .split(/,\s*/)
    .map((column) => `${of}.${column}`)
    .join(', ')

/** Every row, as often as it stands. */
const rows = (store: Store, sql: string) =>
  store
    .prepare(`${sql} ORDER BY ${Array.from({ length: sql.includes('text') ? 22 : 13 }, (_, at) => at + 1).join()}`)
    .raw()
    .all()

const distinct = (view: string, list: string, where: string) =>
  `SELECT ${columns(DUMP, 'd')}, ${columns(list, 'x')} FROM ${where}.distinct_${view} x JOIN ${where}.chain_sets d ON d.chain_set = x.chain_set AND d.family = x.family AND d.snapshot = x.snapshot`

async function sampled(): Promise<{ store: Store; snapshot: string }> {
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(
    store,
    memorySnapshot(facts(TAKEN), await sampleItems('2026-11-22T12-00-00Z')),
    TAKEN
  )
  return { store, snapshot }
}

for (const [view, list] of [
  ['chains', CHAIN],
  ['rules', RULE]
] as const) {
  test(`${view}: the sets of each dump hold the same as the dump`, async (t) => {
    const { store } = await sampled()
    const whole = rows(store, `SELECT ${DUMP}, ${list} FROM main.${view}`)
    t.true(whole.length > 100)
    t.deepEqual(rows(store, distinct(view, list, 'main')), whole)
  })

  test(`${view}: what checks ask says the same as the store`, async (t) => {
    const { store, snapshot } = await sampled()
    scopeTo(store, snapshot)
    copyViews(store, snapshot)
    const inStore = rows(store, `SELECT ${DUMP}, ${list} FROM main.${view}`)
    t.deepEqual(rows(store, `SELECT ${DUMP}, ${list} FROM temp.${view}`), inStore)
    t.deepEqual(rows(store, distinct(view, list, 'temp')), inStore)
    const counters =
      view === 'rules'
        ? `SELECT node, chain, text, packets, bytes FROM %.rules ORDER BY 1, 2, 3, 4, 5`
        : `SELECT node, chain, policy, packets, bytes FROM %.chains ORDER BY 1, 2, 3, 4, 5`
    t.deepEqual(
      store.prepare(counters.replace('%', 'temp')).raw().all(),
      store.prepare(counters.replace('%', 'main')).raw().all()
    )
  })
}

test('nodes that differ in rules of their own alone share the others', async (t) => {
  const store = openStore(':memory:')
  const text = dumpText(new Days({ services: 2, endpoints: 2 }).services)
  const own = text
    .replace(':KUBE-SERVICES', ':OWN - [0:0]\n:KUBE-SERVICES')
    .replace('-A KUBE-SERVICES', '-A OWN -j RETURN\n-A KUBE-SERVICES')
  t.not(own, text)
  await importSnapshot(
    store,
    dumpSnapshot(0, [
      { node: 'a', text },
      { node: 'b', text },
      { node: 'c', text: own }
    ]),
    TAKEN
  )
  const holding = (chain: string) =>
    store
      .prepare(
        "SELECT group_concat(d.node, ' ' ORDER BY d.node) FROM chain_sets d JOIN distinct_chains c USING (snapshot, chain_set) WHERE c.chain = ? AND c.table_name = 'nat' GROUP BY d.chain_set ORDER BY 1"
      )
      .pluck()
      .all(chain)
  t.deepEqual(holding('KUBE-SERVICES'), ['a b c'])
  t.deepEqual(holding('OWN'), ['c'])
})
