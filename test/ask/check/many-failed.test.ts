/** A snapshot in which thousands of commands failed: nothing is asked once for each of all others, and all of it is told in bounds. */
import test from 'ava'
import { loadChecks } from '../../../src/ask/check/catalogue.ts'
import { copyViews } from '../../../src/ask/check/tables.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { findingText } from '../../../src/report/findings/text.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { checkItems, TAKEN } from './checking.ts'

const failed = (count: number): CollectedItem[] =>
  Array.from({ length: count }, (_, at) => ({
    kind: 'iptables-save',
    node: `node-${at}`,
    command: ['iptables-save'],
    startedAt: TAKEN.toISOString(),
    endedAt: TAKEN.toISOString(),
    exitCode: 1,
    error: 'timed out',
    stderr: null,
    content: null
  }))

test('what a person reads of 2000 failed nodes is bounded and says how many are left', async (t) => {
  const results = await checkItems(failed(2000))
  const incomplete = results.find(({ check }) => check.code === 'SNAP-INCOMPLETE')
  t.is(incomplete?.findings.length, 2000)
  const text = findingText('2026-11-22T12-00-00Z', results)
  t.true(text.split('\n').length < 2500)
  t.regex(text, /… and 1500 more \(-o json has all\)/)
})

test('what a snapshot lacks is looked up by an index, not by reading all that it lacks', async (t) => {
  const store = openStore(':memory:')
  const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), failed(50)), TAKEN)
  scopeTo(store, snapshot)
  copyViews(store, snapshot)
  const check = loadChecks([]).find(({ code }) => code === 'SNAP-INCOMPLETE')!
  const plan = store.prepare(`EXPLAIN QUERY PLAN ${check.sql}`).all() as { detail: string }[]
  t.deepEqual(
    plan.filter(({ detail }) => /^SCAN [io]\b/.test(detail)),
    []
  )
  store.close()
})
